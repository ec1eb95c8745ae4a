# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The command line of `benchmarks/run`."""

import argparse
import os
import sys
import time
from pathlib import Path

from measure import (atomics, build, compile, deferred, idle, instructions, netstring, servers,
                     stack, syscalls, timers)
from measure.trouble import Trouble

# In the order in which they are printed.
TABLES = {
    "deferred": (deferred.measure, "Deferreds against KJ's promises"),
    "netstring": (netstring.measure, "netstring_echo against a bare epoll loop and its peers"),
    "timers": (timers.measure, "callLater and cancel against libevent, resetTimeout"),
    "idle": (idle.measure, "memory of 10,000 idle connections"),
    "instructions": (instructions.measure, "user instructions per message (callgrind)"),
    "syscalls": (syscalls.measure, "system calls and heap allocations per message"),
    "atomics": (atomics.measure, "no atomic operation on a value's way (disassembly)"),
    "stack": (stack.measure, "peak stack of a million of everything"),
    "compile": (compile.measure, "compile time of a file that includes Couplet"),
}


def parse():
    parser = argparse.ArgumentParser(
        prog="benchmarks/run", formatter_class=argparse.RawTextHelpFormatter,
        description="Builds what is measured, measures it, and prints the tables as ratios.\n"
                    "Without names: all tables, in some 15 minutes. See docs/performance.md.")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="which of them:\n" + "\n".join(
        f"{name:14}{what}" for name, (_, what) in TABLES.items()))
    parser.add_argument("--quick", action="store_true",
                        help="fewer and shorter runs: a few minutes, and more noise")
    parser.add_argument("--build-dir", type=Path, default=build.FOLDER, metavar="DIR",
                        help="where to build (default: build/bench)")
    parser.add_argument("--no-build", action="store_true",
                        help="measure what was built before")
    options = parser.parse_args()
    for name in options.tables:
        if name not in TABLES:
            parser.error(f"there is no table `{name}`: they are {', '.join(TABLES)}")
    options.build_dir = options.build_dir.resolve()
    return options


def run(options):
    started = time.monotonic()
    if not options.no_build:
        build.build(options.build_dir)
    elif not build.program(options, "floor"):
        raise Trouble(f"nothing was built in {options.build_dir}")
    for title in servers.leftOut(options):
        print(f"{title} is left out: scripts/bootstrap --benchmarks installs it.")
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"Note: the machine is busy (load {load:.1f}), so that the figures are noisy.")
    for name in options.tables or TABLES:
        TABLES[name][0](options)
        sys.stdout.flush()
    print(f"\nMeasured in {time.monotonic() - started:.0f} s.")


def main():
    try:
        run(parse())
    except Trouble as trouble:
        sys.exit(f"benchmarks/run: {trouble}")
    except KeyboardInterrupt:
        sys.exit(130)
