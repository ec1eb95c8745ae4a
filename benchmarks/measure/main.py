# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The command line of `benchmarks/run`."""

import argparse
import functools
import os
import sys
import time
from pathlib import Path

from measure import (atomics, build, compile, crunch, crunch_component, deferred, http,
                     http_answers, http_bodies, idle, instructions, netstring, stack, syscalls,
                     timers, websocket, websocket_broadcast, websocket_masking)
from measure.trouble import Trouble


def _of(service, measure):
    return functools.partial(measure, service=service.SERVICE)


# In the order in which they are printed.
TABLES = {
    "deferred": (deferred.measure, "Deferreds against bare coroutine tasks and other libraries"),
    "netstring": (netstring.measure, "netstring_echo against a bare epoll loop and its peers"),
    "timers": (timers.measure, "callLater and cancel against libevent, resetTimeout"),
    "idle": (_of(netstring, idle.measure), "memory of 10,000 idle connections"),
    "instructions": (_of(netstring, instructions.measure),
                     "user instructions per message (callgrind)"),
    "syscalls": (_of(netstring, syscalls.measure),
                 "system calls and heap allocations per message"),
    "http-hello": (http.measure, "a web site against a bare epoll loop and its peers"),
    "http-bodies": (http_bodies.measure, "64 KiB and 1 MiB both ways, beside nginx"),
    "http-idle": (_of(http, idle.measure), "memory of 10,000 keep-alive connections"),
    "http-instructions": (_of(http, instructions.measure),
                          "user instructions per request (callgrind)"),
    "http-answers": (http_answers.measure, "the same for Deferreds, coroutines, routes"),
    "http-syscalls": (_of(http, syscalls.measure),
                      "system calls and heap allocations per request"),
    "crunch-requests": (crunch.measure,
                        "the API of crunch_server against its peers, and natively"),
    "crunch-instructions": (_of(crunch, instructions.measure),
                            "user instructions per request (callgrind)"),
    "crunch-syscalls": (_of(crunch, syscalls.measure),
                        "system calls and heap allocations per request"),
    "crunch-component": (crunch_component.measure, "a component that asks two for each request"),
    "websocket-echo": (websocket.measure,
                       "a WebSocket echo against a bare epoll loop and its peers"),
    "websocket-instructions": (websocket.measureInstructions,
                               "user instructions per message (callgrind)"),
    "websocket-syscalls": (_of(websocket, syscalls.measure),
                           "system calls and heap allocations per message"),
    "websocket-masking": (websocket_masking.measure, "unmasking beside memcpy"),
    "websocket-idle": (_of(websocket, idle.measure), "memory of 5,000 idle WebSockets"),
    "websocket-broadcast": (websocket_broadcast.measure,
                            "1 KiB to 5,000 WebSockets, beside as many bare sends"),
    "atomics": (atomics.measure, "no atomic operation on a value's way (disassembly)"),
    "stack": (stack.measure, "peak stack of a million of everything"),
    "compile": (compile.measure, "compile time of a file that includes Couplet"),
}
GROUPS = {"http": "HTTP", "crunch": "Crunch", "websocket": "WebSocket"}
SERVICES = (netstring.SERVICE, http.SERVICE, crunch.SERVICE, websocket.SERVICE)


def named(name):
    """The tables of that name, or whose names begin with it: `http` is six of them."""
    return [table for table in TABLES if table == name or table.startswith(name + "-")]


def parse():
    parser = argparse.ArgumentParser(
        prog="benchmarks/run", formatter_class=argparse.RawTextHelpFormatter,
        description="Builds what is measured, measures it, and prints the tables as ratios.\n"
                    "Without names: all tables, in some 65 minutes. See docs/performance.md.")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="which of them:\n" + "\n".join(
        f"{name:24}{what}" for name, (_, what) in TABLES.items())
        + "".join(f"\n{name:24}all of {title}" for name, title in GROUPS.items()))
    parser.add_argument("--quick", action="store_true",
                        help="fewer and shorter runs: a few minutes, and more noise")
    parser.add_argument("--build-dir", type=Path, default=build.FOLDER, metavar="DIR",
                        help="where to build (default: build/bench)")
    parser.add_argument("--no-build", action="store_true",
                        help="measure what was built before")
    options = parser.parse_args()
    for name in options.tables:
        if not named(name):
            parser.error(f"there is no table `{name}`: they are {', '.join(TABLES)}")
    options.build_dir = options.build_dir.resolve()
    return options


def run(options):
    started = time.monotonic()
    if not options.no_build:
        build.build(options.build_dir)
    elif not build.program(options, "floor"):
        raise Trouble(f"nothing was built in {options.build_dir}")
    for service in SERVICES:
        for title in service.leftOut(options):
            print(f"{service.name}: {title} is left out: scripts/bootstrap --benchmarks "
                  "installs it.")
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"Note: the machine is busy (load {load:.1f}), so that the figures are noisy.")
    wanted = [table for name in options.tables for table in named(name)] or TABLES
    for name in wanted:
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
