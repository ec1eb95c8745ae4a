# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""System calls (the difference of two runs of which one has more messages) and heap allocations
per message."""

import re
import struct
import tempfile
from pathlib import Path

from measure import build, load, servers
from measure.load import DEEP
from measure.table import Table, against
from measure.tools import requireTool
from measure.trouble import excusing

CALLS = ("recv", "send", "wait", "epoll_ctl")
ROW = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", re.MULTILINE)

# What counts as which; programs differ in the kin they use.
KIN = {"recvfrom": "recv", "read": "recv", "readv": "recv", "recvmsg": "recv",
       "sendto": "send", "write": "send", "writev": "send", "sendmsg": "send",
       "epoll_wait": "wait", "epoll_pwait": "wait", "epoll_pwait2": "wait",
       "epoll_ctl": "epoll_ctl"}


def measure(options, service):
    requireTool("strace")
    _systemCalls(options, service).print()
    _heap(options, service).print()


def _systemCalls(options, service):
    table = Table(f"System calls per {service.noun}, one in flight", "server", "all", "limit",
                  *CALLS, "limit of epoll_ctl")
    for kind in service.present(options):
        with excusing(kind, table.notes):
            counts = callsPerMessage(options, kind)
            total = sum(counts.values())
            limit = service.callLimits.get(kind.key)
            table.add(kind.title, f"{total:.3f}", against(limit, round(total, 3)) if limit else "",
                      *(f"{counts.get(call, 0):.3f}" for call in CALLS),
                      against(0, counts.get("epoll_ctl", 0)) if kind.ours else "")
    table.note(f"By strace -c. With 64 connections one wait serves up to 64 {service.noun}s.")
    return table


def _heap(options, service):
    table = Table(f"Heap allocations per {service.noun}", "server", "one in flight",
                  f"{DEEP} in flight", "limit")
    for kind in service.present(options):
        if not kind.countsHeap:
            continue
        counts = {}
        for depth in (1, DEEP):
            with excusing(kind, table.notes, f" with {depth} in flight"):
                counts[depth] = allocationsPerMessage(options, kind, depth)
        table.add(kind.title, *(f"{counts[depth]:.3f}" if depth in counts else "-"
                                for depth in (1, DEEP)),
                  against(0, max(counts.values())) if kind.ours else "")
    table.note("Calls of malloc and its kin, in the steady state.")
    return table


def callsPerMessage(options, kind):
    few = load.CONNECTIONS * (20 if options.quick else 100)
    low, high = _traced(options, kind, few), _traced(options, kind, 3 * few)
    return {call: (high[call] - low.get(call, 0)) / (2 * few) for call in high}


def _traced(options, kind, messages):
    """The system calls of a whole run, by what they are."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "strace.out"
        before = ["strace", "-f", "-c", "-o", str(out)]
        with servers.Server(kind, before) as server:
            with load.Client(options, server) as client:
                client.ask(messages)
            server.stop()
        counts = {}
        for count, call in ROW.findall(out.read_text()):
            if call != "total":
                name = KIN.get(call, call)
                counts[name] = counts.get(name, 0) + int(count)
    return counts


def allocationsPerMessage(options, kind, depth):
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
