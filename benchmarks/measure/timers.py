# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""callLater and cancel against libevent's own timers, in one process and one run; resetTimeout."""

import statistics

from measure import build, google_benchmark
from measure.table import Table, against, spread

REPETITIONS = 5
RESET_TIMEOUT_LIMIT = 15  # ns

CASES = [
    ("added and cancelled at once, 64 others wait", "add and cancel, few"),
    ("the same, 1,000,000 others wait", "add and cancel, many"),
    ("any of 64 cancelled, and added anew", "replace, few"),
    ("any of 1,000,000 cancelled, and added anew", "replace, many"),
]


def measure(options):
    program = build.require(options, "timer_benchmark")
    runs = google_benchmark.run(program, repetitions=REPETITIONS,
                                seconds=0.05 if options.quick else 0.3)
    table = Table("Timers: callLater and cancel, against libevent's event_add and event_del",
                  "case", "ratio", "limit", "Couplet ns", "spread", "libevent ns", "spread",
                  "heap")
    for what, name in CASES:
        own, other = (_times(runs[f"{name}/{library}"]) for library in ("couplet", "libevent"))
        ratio = statistics.median(own) / statistics.median(other)
        table.add(what, f"{ratio:.2f}", against(1, ratio), *_cells(own), *_cells(other),
                  _heap(runs[f"{name}/couplet"]))
    reset = _times(runs["resetTimeout/couplet"])
    table.add("resetTimeout, for each message", "",
              against(RESET_TIMEOUT_LIMIT, round(statistics.median(reset), 1), "ns"),
              *_cells(reset), "", "", _heap(runs["resetTimeout/couplet"]))
    table.note(f"CPU time, median of {REPETITIONS} interleaved repetitions, inside of loops that "
               "run: a LibeventReactor's, and a bare\nevent_base without locks. Delays are of an "
               "hour and up to a minute more, in no order. Heap: calls of\noperator new each time.")
    table.print()


def _times(repetitions):
    return [repetition.time for repetition in repetitions]


def _cells(times):
    return f"{statistics.median(times):.1f}", spread(times)


def _heap(repetitions):
    return f"{repetitions[0].counters['heap']:.1f}"
