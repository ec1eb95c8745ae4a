# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What CI counts, and refuses above a limit."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from measure.trouble import Trouble

SKIPPED = 77


def main(gate, usage):
    """`gate(options)` prints what is limited, and says whether all is kept. The programs are in
    the folder that the command line names."""
    if len(sys.argv) != 2:
        sys.exit(usage)
    if not shutil.which("valgrind"):
        print("There is no valgrind: scripts/bootstrap installs it.")
        sys.exit(1 if os.environ.get("COUPLET_REQUIRE_PEERS") == "1" else SKIPPED)
    options = argparse.Namespace(build_dir=Path(sys.argv[1]).resolve(), quick=True)
    try:
        sys.exit(not gate(options))
    except Trouble as trouble:
        sys.exit(f"{Path(sys.argv[0]).name}: {trouble}")
