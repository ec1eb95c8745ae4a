# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Deferreds against KJ's promises, in one process and one run."""

import statistics

from measure import build, google_benchmark
from measure.table import Table, against, spread

REPETITIONS = 5
LOOP_STEPS = 1_000_000

# What it is called, the benchmark of ours and of KJ, the limit of their ratio, its goal, and how
# often ours may take memory the first time.
AGAINST_KJ = [
    ("1 callback", "fire 1", "fire 1", 0.20, 30 / 160, 1),
    ("3 callbacks", "fire 3", "fire 3", 0.20, 60 / 305, 1),
    ("6 callbacks", "fire 6", "fire 6", None, None, 1),
    ("10 callbacks", "fire 10", "fire 10", 0.20, 180 / 993, None),
    ("an inner one fired later", "inner", "inner", 0.20, 75 / 368, None),
    ("a step of a tail loop", "loop", "loop", 0.40, 60 / 152, None),
    ("the same, each fired by hand", "loop", "loop, fulfilled", None, None, None),
    ("added to a fired one", "fired", "fired", None, None, None),
]
COROUTINES = [
    ("1 coroutine awaits", "coroutine 1", "fire 1"),
    ("3 nested ones", "coroutine 3", "fire 3"),
    ("10 nested ones", "coroutine 10", "fire 10"),
    ("an await of a ready value, in a loop", "coroutine loop, ready", "fired"),
    ("an await of one fired later, in a loop", "coroutine loop, pending", "loop"),
]


def measure(options):
    program = build.require(options, "promise_benchmark")
    runs = google_benchmark.run(program, repetitions=REPETITIONS,
                                seconds=0.05 if options.quick else 0.3)
    _againstKJ(runs).print()
    _coroutines(runs).print()


def _againstKJ(runs):
    table = Table("Deferred: create, attach, fire; against KJ's Promise",
                  "case", "ratio", "limit", "goal", "Couplet ns", "spread", "KJ ns", "spread",
                  "heap, cold", "warm", "limits", "KJ's heap")
    for what, ours, theirs, limit, goal, mostCold in AGAINST_KJ:
        own, other = _Case(runs[f"{ours}/couplet"], ours), runs.get(f"{theirs}/kj")
        heap = own.cold, own.warm, _heapLimits(own, mostCold)
        if not other:
            table.add(what, "-", "-", "-", f"{own.time:.1f}", own.spread, "-", "-", *heap, "-")
            continue
        other = _Case(other, theirs)
        ratio = own.time / other.time
        table.add(what, f"{ratio:.3f}", against(limit, ratio) if limit else "-",
                  f"{goal * other.time:.0f} ns" if goal else "-", f"{own.time:.1f}", own.spread,
                  f"{other.time:.1f}", other.spread, *heap, other.warm)
    if not any(name.endswith("/kj") for name in runs):
        table.note("KJ is left out: scripts/bootstrap --benchmarks installs it.")
    table.note(f"CPU time, median of {REPETITIONS} interleaved repetitions. The goal is 30, 60, "
               "180, 75 and 60 ns where KJ takes\n160, 305, 993, 368 and 152, by KJ's time of this "
               "run. Heap: calls of operator new the first time on\na thread, and afterwards. A "
               "step of the tail loop: KJ's cheapest (evalLater), and one that is\nfulfilled each "
               "time as ours is.")
    return table


def _heapLimits(case, mostCold):
    if mostCold is None:
        return against(0, float(case.warm))
    kept = int(case.cold) <= mostCold and float(case.warm) == 0
    return f"<= {mostCold}, 0 {'holds' if kept else 'FALLS SHORT'}"


def _coroutines(runs):
    table = Table("Coroutines that return Deferreds, against callbacks that do the same",
                  "case", "ratio", "coroutine ns", "spread", "callbacks ns", "heap, cold", "warm")
    for what, coroutine, callbacks in COROUTINES:
        own = _Case(runs[f"{coroutine}/couplet"], coroutine)
        other = _Case(runs[f"{callbacks}/couplet"], callbacks)
        table.add(what, f"{own.time / other.time:.2f}", f"{own.time:.1f}", own.spread,
                  f"{other.time:.1f}", own.cold, own.warm)
    return table


class _Case:
    """What the repetitions of one benchmark say."""

    def __init__(self, repetitions, name):
        steps = LOOP_STEPS if "loop" in name else 1
        times = [repetition.time / steps for repetition in repetitions]
        self.time = statistics.median(times)
        self.spread = spread(times)
        self.cold = f"{repetitions[0].counters['cold']:.0f}"
        self.warm = f"{round(repetitions[0].counters['warm'] / steps, 2):g}"
