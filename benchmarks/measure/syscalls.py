# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""System calls (the difference of two runs of which one has more messages) and heap allocations
per message."""

import re
import struct
import tempfile
from pathlib import Path

from measure import build, load, servers
from measure.netstring import DEEP
from measure.table import Table, against
from measure.tools import requireTool

TOTAL_LIMITS = {"floor": 2.02, "couplet": 2.05}
CALLS = ("recv", "send", "wait", "epoll_ctl")
ROW = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", re.MULTILINE)

# What counts as which; programs differ in the kin they use.
KIN = {"recvfrom": "recv", "read": "recv", "readv": "recv", "recvmsg": "recv",
       "sendto": "send", "write": "send", "writev": "send", "sendmsg": "send",
       "epoll_wait": "wait", "epoll_pwait": "wait", "epoll_pwait2": "wait",
       "epoll_ctl": "epoll_ctl"}


def measure(options):
    requireTool("strace")
    _systemCalls(options).print()
    _heap(options).print()


def _systemCalls(options):
    table = Table("System calls per message, one in flight", "server", "all", "limit", *CALLS,
                  "limit of epoll_ctl")
    for kind in servers.kinds(options):
        counts = _perMessage(lambda messages, kind=kind: _traced(options, kind, messages), options)
        total = sum(counts.values())
        limit = TOTAL_LIMITS.get(kind.key)
        table.add(kind.title, f"{total:.3f}", against(limit, round(total, 3)) if limit else "",
                  *(f"{counts.get(call, 0):.3f}" for call in CALLS),
                  against(0, counts.get("epoll_ctl", 0)) if kind.key == "couplet" else "")
    table.note("By strace -c. With 64 connections one wait serves up to 64 messages.")
    return table


def _heap(options):
    table = Table("Heap allocations per message", "server", "one in flight", f"{DEEP} in flight",
                  "limit")
    for kind in servers.kinds(options):
        if not kind.countsHeap:
            continue
        counts = [_allocationsPerMessage(options, kind, depth) for depth in (1, DEEP)]
        table.add(kind.title, *(f"{count:.3f}" for count in counts),
                  against(0, max(counts)) if kind.key == "couplet" else "")
    table.note("Calls of malloc and its kin, in the steady state.")
    return table


def _perMessage(count, options):
    few = load.CONNECTIONS * (20 if options.quick else 100)
    low, high = count(few), count(3 * few)
    return {call: (high[call] - low.get(call, 0)) / (2 * few) for call in high}


def _traced(options, kind, messages):
    """The system calls of a whole run, by what they are."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "strace.out"
        before = ["strace", "-f", "-c", "-o", str(out)]
        with servers.Server(kind, before) as server, load.Client(options, server) as client:
            client.ask(messages)
            server.stop()
        counts = {}
        for count, call in ROW.findall(out.read_text()):
            if call != "total":
                name = KIN.get(call, call)
                counts[name] = counts.get(name, 0) + int(count)
    return counts


def _allocationsPerMessage(options, kind, depth):
    messages = load.CONNECTIONS * depth * 100
    with tempfile.NamedTemporaryFile() as shared:
        shared.truncate(8)
        preload = {"LD_PRELOAD": str(build.require(options, "libcount_heap.so")),
                   "HEAP_COUNT": shared.name}

        def taken():
            shared.seek(0)
            return struct.unpack("l", shared.read(8))[0]

        with servers.Server(kind, environment=preload) as server, \
                load.Client(options, server, depth) as client:
            client.ask(messages)
            before = taken()
            client.ask(messages)
            return (taken() - before) / messages
