# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The instructions that a program has callgrind count, part by part."""

import re
import subprocess
import tempfile
from pathlib import Path

from measure import tools
from measure.trouble import Trouble

DUMPED = re.compile(r"^desc: Trigger: Client Request: ([^\n]*)$.*?^(?:summary|totals): (\d+)$",
                    re.MULTILINE | re.DOTALL)


def counts(program):
    """The instructions of each case of a program on Google Benchmark, as it dumps them
    (benchmarks/deferred/timed.h), by its name."""
    tools.requireTool("valgrind")
    with tempfile.TemporaryDirectory() as folder:
        words = ["valgrind", "--quiet", "--tool=callgrind", "--collect-atstart=no",
                 f"--callgrind-out-file={folder}/out", program, "--benchmark_min_time=0.000001"]
        result = subprocess.run(words, capture_output=True, check=False)
        if result.returncode:
            raise Trouble(f"{program.name} under callgrind ended with status {result.returncode}: "
                          f"{result.stderr.decode().strip()}")
        dumps = [DUMPED.search(part.read_text()) for part in Path(folder).iterdir()]
    return {dump[1]: int(dump[2]) for dump in dumps if dump}
