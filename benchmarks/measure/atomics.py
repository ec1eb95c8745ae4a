# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""That a value's way through a Deferred has no atomic operation, by disassembly."""

import subprocess

from measure import build
from measure.table import Table
from measure.trouble import Trouble


def measure(options):
    program = build.require(options, "value_path")
    result = subprocess.run([build.ROOT / "benchmarks" / "value_path", program],
                            capture_output=True, text=True, check=False)
    table = Table("A value's way through a Deferred, executed and disassembled", "case",
                  "instructions", "functions", "atomic", "limit")
    for line in result.stdout.splitlines():
        if line.startswith(" "):
            continue
        case, counts = line.rsplit(": ", 1)
        instructions, functions, atomic = (word for word in counts.split() if word.isdigit())
        table.add(case, instructions, functions, atomic,
                  "none " + ("holds" if atomic == "0" else "FALLS SHORT"))
    if len(table.rows) == 1:
        raise Trouble(f"value_path failed: {result.stderr.strip()}")
    table.note("What is there, instruction by instruction: benchmarks/value_path --listing "
               f"{program}")
    table.print()
