# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Runs a program on Google Benchmark and reads what it says."""

import collections
import json
import subprocess

from measure import core
from measure.trouble import Trouble

NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}

Repetition = collections.namedtuple("Repetition", "time counters")  # CPU time in ns


def run(program, repetitions, seconds):
    """The repetitions of each benchmark, by its name; those of different ones are interleaved."""
    words = [program, f"--benchmark_repetitions={repetitions}", f"--benchmark_min_time={seconds}",
             "--benchmark_enable_random_interleaving=true", "--benchmark_format=json"]
    result = subprocess.run(words, capture_output=True, check=False, preexec_fn=core.pin)
    if result.returncode:
        raise Trouble(f"{program.name} ended with status {result.returncode}: "
                      f"{result.stderr.decode().strip()}")
    runs = collections.defaultdict(list)
    for entry in json.loads(result.stdout)["benchmarks"]:
        if entry["run_type"] == "iteration":
            time = entry["cpu_time"] * NANOSECONDS[entry["time_unit"]]
            runs[entry["run_name"]].append(Repetition(time, entry))
    return runs
