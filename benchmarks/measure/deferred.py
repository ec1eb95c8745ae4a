# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Deferreds against what other libraries have in their place: CPU time, instructions, heap."""

import collections
import json
import statistics
import subprocess

from measure import build, callgrind, core, google_benchmark, servers
from measure.table import Table, against, spread
from measure.trouble import Trouble

REPETITIONS = 5
LOOP_STEPS = 1000  # as in benchmarks/deferred/timed.h
COUNTED = 100      # the same
TASK_LIMIT = 1.25  # times a bare coroutine task
FOLDER = build.ROOT / "benchmarks" / "deferred"

CASES = [
    ("create, fire: 1 callback", "fire 1"),
    ("3 callbacks", "fire 3"),
    ("10 callbacks", "fire 10"),
    ("added to a fired one", "fired"),
    ("an inner one fired later", "inner"),
    ("a step of a tail loop", "loop"),
    ("gather of 100", "gather"),
    ("race of 2", "race"),
    ("a queue's hand-over", "queue"),
    ("a lock's hand-over", "lock"),
    ("a coroutine awaits a fired one", "await fired"),
    ("a coroutine awaits a pending one", "await pending"),
]
COMPILED = [("kj", "KJ"), ("asio", "Asio"), ("boost", "Boost")]
SCRIPTS = [("node", "Node"), ("twisted", "Twisted")]

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
    ("1 coroutine awaits", "await pending", "fire 1"),
    ("3 nested ones", "coroutine 3", "fire 3"),
    ("10 nested ones", "coroutine 10", "fire 10"),
    ("an await of a ready value, in a loop", "coroutine loop, ready", "fired"),
    ("an await of one fired later, in a loop", "coroutine loop, pending", "loop"),
]


def measure(options):
    program = build.require(options, "promise_benchmark")
    cases = _timed(program, 0.05 if options.quick else 0.2)
    _times(cases).print()
    counts = {name: count / COUNTED / _steps(name)
              for name, count in callgrind.counts(program).items()}
    _instructions(counts).print()
    _heap(cases).print()
    _againstKJ(cases).print()
    _coroutines(cases).print()


def _steps(name):
    """What is measured once is so many steps of a loop."""
    return LOOP_STEPS if "loop" in name else 1


class _Case:
    """What the repetitions of one benchmark say."""

    def __init__(self, times, cold=None, warm=None):
        self.time = statistics.median(times)
        self.spread = spread(times)
        self.cold = cold
        self.warm = warm


def _timed(program, seconds):
    """The cases by their names; in each of several rounds all are measured once."""
    scripts = {"node": servers.script("node", FOLDER / "promises.js"),
               "twisted": servers.twisted(FOLDER / "twisted_deferred.py")}
    times = collections.defaultdict(list)
    counters = {}
    for _ in range(REPETITIONS):
        for name, (run,) in google_benchmark.run(program, 1, seconds).items():
            times[name].append(run.time / _steps(name))
            counters[name] = (f"{run.counters['cold']:.0f}",
                              f"{round(run.counters['warm'] / _steps(name), 2):g}")
        for library, words in scripts.items():
            for name, time in (_ofScript(words, seconds) if words else {}).items():
                times[f"{name}/{library}"].append(time)
    return {name: _Case(values, *counters.get(name, ())) for name, values in times.items()}


def _ofScript(words, seconds):
    result = subprocess.run([*words, str(seconds)], capture_output=True, check=False,
                            preexec_fn=core.pin)
    if result.returncode:
        raise Trouble(f"{words[-1].name}: {result.stderr.decode().strip()}")
    return json.loads(result.stdout)


def _times(cases):
    table = Table("Deferred, beside others: CPU time", "case", "Couplet ns", "spread", "task ns",
                  "spread", "Couplet, x task", "limit",
                  *(f"{title}, x Couplet" for _, title in COMPILED + SCRIPTS), "first")
    for what, name in CASES:
        own, task = cases[f"{name}/couplet"], cases[f"{name}/task"]
        ratio = own.time / task.time
        others = {title: cases[f"{name}/{library}"].time / own.time
                  for library, title in COMPILED + SCRIPTS if f"{name}/{library}" in cases}
        table.add(what, f"{own.time:.1f}", own.spread, f"{task.time:.1f}", task.spread,
                  f"{ratio:.2f}", against(TASK_LIMIT, ratio),
                  *(f"{others[title]:.1f}" if title in others else "-"
                    for _, title in COMPILED + SCRIPTS), _first(others))
    table.note(
        f"CPU time, medians of {REPETITIONS} rounds, in each of which every case is measured once. "
        "Task: a bare C++20 coroutine\ntask, which can neither cancel nor report, for each "
        "Deferred. One callback without a task for what is fired, by\nan event that can be neither "
        f"moved nor handed on, takes {cases['event/task'].time:.1f} ns. KJ 0.9.2 has no "
        "coroutines, and Boost's\nfutures cannot be awaited.")
    return table


def _first(others):
    """Whether all take at least what ours takes, which is 1."""
    faster = [title for title, times in others.items() if times < 1]
    return "FALLS SHORT: " + ", ".join(faster) if faster else "holds"


def _instructions(counts):
    table = Table("Deferred, beside others: user instructions", "case", "Couplet", "task",
                  "Couplet, x task", "limit", *(title for _, title in COMPILED), "first")
    for what, name in CASES:
        own, task = counts[f"{name}/couplet"], counts[f"{name}/task"]
        others = {title: counts[f"{name}/{library}"]
                  for library, title in COMPILED if f"{name}/{library}" in counts}
        table.add(what, f"{own:.0f}", f"{task:.0f}", f"{own / task:.2f}",
                  against(TASK_LIMIT, own / task),
                  *(f"{others[title]:.0f}" if title in others else "-" for _, title in COMPILED),
                  _first({title: count / own for title, count in others.items()}))
    table.note(
        "By callgrind, of a hundred times once warm; repeatable to one or two. One callback by an "
        f"event on the stack: {counts['event/task']:.0f}.\nNode makes its machine code as it runs, "
        "and Twisted's is the interpreter's: theirs are not counted.")
    return table


def _heap(cases):
    table = Table("Deferred, beside others: heap allocations, once warm", "case", "Couplet",
                  "limit", "task", *(title for _, title in COMPILED))
    for what, name in CASES:
        own = cases[f"{name}/couplet"].warm
        table.add(what, own, against(0, float(own)),
                  *(cases[f"{name}/{library}"].warm if f"{name}/{library}" in cases else "-"
                    for library, _ in [("task", "")] + COMPILED))
    table.note("Calls of malloc and aligned_alloc.")
    return table


def _againstKJ(cases):
    table = Table("Deferred: create, attach, fire; against KJ's Promise",
                  "case", "ratio", "limit", "goal", "Couplet ns", "spread", "KJ ns", "spread",
                  "heap, cold", "warm", "limits", "KJ's heap")
    for what, ours, theirs, limit, goal, mostCold in AGAINST_KJ:
        own, other = cases[f"{ours}/couplet"], cases.get(f"{theirs}/kj")
        heap = own.cold, own.warm, _heapLimits(own, mostCold)
        if not other:
            table.add(what, "-", "-", "-", f"{own.time:.1f}", own.spread, "-", "-", *heap, "-")
            continue
        ratio = own.time / other.time
        table.add(what, f"{ratio:.3f}", against(limit, ratio) if limit else "-",
                  f"{goal * other.time:.0f} ns" if goal else "-", f"{own.time:.1f}", own.spread,
                  f"{other.time:.1f}", other.spread, *heap, other.warm)
    if not any(name.endswith("/kj") for name in cases):
        table.note("KJ is left out: scripts/bootstrap --benchmarks installs it.")
    table.note("From the same run. The goal is 30, 60, 180, 75 and 60 ns where KJ takes 160, 305, "
               "993, 368 and 152, by KJ's time of\nthis run. Heap: allocations the first time on a "
               "thread, and afterwards. A step of the tail loop: KJ's cheapest\n(evalLater), and "
               "one that is fulfilled each time as ours is.")
    return table


def _heapLimits(case, mostCold):
    if mostCold is None:
        return against(0, float(case.warm))
    kept = int(case.cold) <= mostCold and float(case.warm) == 0
    return f"<= {mostCold}, 0 {'holds' if kept else 'FALLS SHORT'}"


def _coroutines(cases):
    table = Table("Coroutines that return Deferreds, against callbacks that do the same",
                  "case", "ratio", "coroutine ns", "spread", "callbacks ns", "heap, cold", "warm")
    for what, coroutine, callbacks in COROUTINES:
        own, other = cases[f"{coroutine}/couplet"], cases[f"{callbacks}/couplet"]
        table.add(what, f"{own.time / other.time:.2f}", f"{own.time:.1f}", own.spread,
                  f"{other.time:.1f}", own.cold, own.warm)
    return table
