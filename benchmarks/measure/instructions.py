# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""User instructions per message, by callgrind: the difference of two runs of which one has more."""

import re
import tempfile
from pathlib import Path

from measure import load, servers
from measure.netstring import DEEP
from measure.table import Table, against
from measure.tools import requireTool
from measure.trouble import Trouble

LIMITS = {("floor", 1): 300, ("couplet", 1): 700, ("couplet", DEEP): 350}
MEASURED = ("floor", "couplet", "asio", "libuv", "bufferevent", "kj")


def measure(options):
    requireTool("valgrind")
    table = Table("User instructions per message", "server", "one in flight", "limit",
                  f"{DEEP} in flight", "limit")
    for kind in servers.kinds(options):
        if kind.key not in MEASURED or (options.quick and kind.key not in ("floor", "couplet")):
            continue
        row = [kind.title]
        for depth in (1, DEEP):
            counted = _perMessage(options, kind, depth)
            limit = LIMITS.get((kind.key, depth))
            row += [f"{counted:.0f}", against(limit, counted) if limit else ""]
        table.add(*row)
    table.note("By callgrind, which counts what runs in the process and not in the kernel. "
               "Repeatable to one or two,\nbut for those that may read once more to find nothing "
               "there: Asio, KJ.")
    table.print()


def _perMessage(options, kind, depth):
    few = load.CONNECTIONS * depth * (10 if options.quick else 25)
    return (_count(options, kind, depth, 3 * few) - _count(options, kind, depth, few)) / (2 * few)


def _count(options, kind, depth, messages):
    """The instructions of a whole run."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        before = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}"]
        with servers.Server(kind, before) as server, load.Client(options, server, depth) as client:
            client.ask(messages)
            server.stop()
        match = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.MULTILINE)
    if not match:
        raise Trouble(f"callgrind says nothing of {kind.title}")
    return int(match.group(1))
