# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A message to many WebSockets, beside bare calls of send() with the same bytes."""

import subprocess

from measure import build, core
from measure.table import Table, against, lowerQuartile, spread
from measure.trouble import Trouble

LIMIT = 1.5
CONNECTIONS = 5000
ROUNDS = 40


def measure(options):
    connections, rounds = (1000, 10) if options.quick else (CONNECTIONS, ROUNDS)
    times = _times(build.require(options, "websocket_broadcast"), connections, rounds)
    ours, bare = ([time / connections for time in column] for column in zip(*times))
    table = Table(f"Broadcast of 1 KiB to {connections} WebSockets", "way", "CPU us for each",
                  "spread", "x bare", "limit")
    ratio = lowerQuartile(ours) / lowerQuartile(bare)
    table.add("bare calls of send()", f"{lowerQuartile(bare):.2f}", spread(bare), "1.00", "")
    table.add("Couplet", f"{lowerQuartile(ours):.2f}", spread(ours), f"{ratio:.2f}",
              against(LIMIT, ratio))
    table.note(f"Lower quartiles of {rounds} rounds, alternating. The message is made once; the "
               "clients are a process of their own, and\nread between the rounds.")
    table.print()


def _times(program, connections, rounds):
    result = subprocess.run([program, str(connections), str(rounds)], capture_output=True,
                            text=True, check=False, preexec_fn=core.pin)
    if result.returncode:
        raise Trouble(f"websocket_broadcast ended with status {result.returncode}: "
                      f"{result.stderr.strip()}")
    return [tuple(map(float, line.split())) for line in result.stdout.splitlines()]
