# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Unmasking the payload of a frame, beside memcpy of as many bytes."""

import statistics

from measure import build, google_benchmark
from measure.table import Table, spread

REPETITIONS = 5
SIZES = {"16 B": 16, "1 KiB": 1 << 10, "64 KiB": 1 << 16, "1 MiB": 1 << 20}
WAYS = {"unmasked to another place": "unmask", "unmasked in place": "in place"}


def measure(options):
    program = build.require(options, "masking_benchmark")
    runs = google_benchmark.run(program, repetitions=REPETITIONS,
                                seconds=0.05 if options.quick else 0.3)
    table = Table("Unmasking, GB/s", "payload", "memcpy", "spread",
                  *[head for way in WAYS for head in (way, "spread", "of memcpy's")])
    for title, size in SIZES.items():
        copy, *others = ([repetition.time for repetition in runs[f"{name}/{size}"]]
                         for name in ("memcpy", *WAYS.values()))
        copied = statistics.median(copy)
        cells = [f"{size / copied:.1f}", spread(copy)]
        for times in others:
            taken = statistics.median(times)
            cells += [f"{size / taken:.1f}", spread(times), f"{copied / taken:.2f}"]
        table.add(title, *cells)
    table.note(f"CPU time, median of {REPETITIONS} interleaved repetitions, of the same bytes over "
               "and over,\nwhich stand where they would after the head of a frame.")
    table.print()
