# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The peak stack of a million callbacks, inner Deferreds, steps and awaits."""

import subprocess

from measure import build
from measure.table import Table
from measure.trouble import Trouble

ALLOCATOR_BYTES = 1024  # more where it gets memory from the system


def measure(options):
    program = build.require(options, "stack_peak")
    result = subprocess.run([program], capture_output=True, text=True, check=False)
    if result.returncode:
        raise Trouble(f"stack_peak ended with status {result.returncode}")
    table = Table("Peak stack, bytes", "case", "ended", "a thousand", "a million", "constant")
    for line in result.stdout.splitlines():
        what, ending, few, many = line.split("|")
        constant = int(many) < int(few) + ALLOCATOR_BYTES
        table.add(what, ending, few, many, "holds" if constant else "FALLS SHORT")
    table.note(
        "What a thread touches of its own stack; the first line is what it takes by itself. The "
        "same is tested at -O0\nunder ASan, on 256 KiB: tests/deferred/depth_test.cc.")
    table.print()
