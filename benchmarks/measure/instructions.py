# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""User instructions per message, by callgrind: the difference of two runs of which one has more."""

import os
import re
import tempfile
from pathlib import Path

from measure import load, servers
from measure.load import DEEP
from measure.table import Table, against
from measure.tools import requireTool
from measure.trouble import Trouble, excusing


def measure(options, service):
    requireTool("valgrind")
    table = Table(f"User instructions per {service.noun}", "server", "one in flight", "limit",
                  f"{DEEP} in flight", "limit")
    for kind in service.present(options):
        if not kind.countsInstructions or (options.quick and not kind.required):
            continue
        table.add(kind.title, *_cells(options, service, kind, table.notes))
    table.note("By callgrind, which counts what runs in the process and not in the kernel. "
               "Repeatable to one or two,\nbut for those that may read once more to find nothing "
               "there: Asio, Beast, KJ, POCO.")
    table.print()


def _cells(options, service, kind, notes):
    for depth in (1, DEEP):
        counted = None
        with excusing(kind, notes, f" with {depth} in flight"):
            counted = perMessage(options, kind, depth)
        limit = service.instructionLimits.get((kind.key, depth))
        yield "-" if counted is None else f"{counted:.0f}"
        yield against(limit, counted) if limit else ""


def perMessage(options, kind, depth):
    few = load.CONNECTIONS * depth * (25 if kind.required and not options.quick else 5)
    return (_count(options, kind, depth, 3 * few) - _count(options, kind, depth, few)) / (2 * few)


def _count(options, kind, depth, messages):
    """The instructions of a whole run."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        out.touch()
        for path, mode in (folder, 0o777), (out, 0o666):  # for a server that becomes another user
            os.chmod(path, mode)
        before = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}"]
        with servers.Server(kind, before) as server:
            with load.Client(options, server, depth) as client:
                client.ask(messages)
            server.stop()
        match = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.MULTILINE)
    if not match:
        raise Trouble(f"callgrind says nothing of {kind.title}")
    return int(match.group(1))
