# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""How long a file that includes Couplet's headers takes to compile."""

import os
import shutil
import subprocess

from measure import build, core
from measure.table import Table, against, lowerQuartile, spread
from measure.trouble import Trouble

LIMIT = 1.5
SOURCES = build.ROOT / "benchmarks" / "compiled"
COMPILERS = ("g++", "clang++-14")


def measure(options):
    runs = 8 if options.quick else 20
    table = Table("Compile time of a file that includes Deferred, reactor and netstring",
                  "compiler", "x std", "limit", "Couplet's, s", "spread", "std, s", "spread")
    for compiler in filter(shutil.which, COMPILERS):
        own, std = [], []
        for _ in range(runs):
            own.append(_seconds(options, compiler, "couplet_headers.cc"))
            std.append(_seconds(options, compiler, "std_headers.cc"))
        ratio = lowerQuartile(own) / lowerQuartile(std)
        table.add(compiler, f"{ratio:.2f}", against(LIMIT, round(ratio, 2)),
                  f"{lowerQuartile(own):.3f}", spread(own), f"{lowerQuartile(std):.3f}",
                  spread(std))
    table.note(f"Against one that includes <functional>, <string>, <memory> and <chrono>. -O2, CPU "
               f"time, lower quartile of {runs}\nalternating runs, no compiler cache.")
    table.print()


def _seconds(options, compiler, source):
    words = [compiler, "-std=c++20", "-O2", "-DNDEBUG", "-I", options.build_dir / "include", "-c",
             SOURCES / source, "-o", os.devnull]
    process = subprocess.Popen(words, preexec_fn=core.pin,
                               env={**os.environ, "CCACHE_DISABLE": "1"})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Trouble(f"{compiler} does not compile {source}")
    return usage.ru_utime + usage.ru_stime
