#!/usr/bin/python3
# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The target programs here are those of ../shared/target_programs.md, letter for letter."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGETS = HERE.parents[2] / "shared" / "target_programs.md"
LISTINGS = ["transform_client.inc", "chat.inc"]


def main():
    if not TARGETS.is_file():
        print("skipped: ../shared/target_programs.md is not beside this checkout")
        return
    targets = re.findall(r"```cpp\n(.*?)```", TARGETS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(targets) == len(LISTINGS), f"{len(targets)} programs in {TARGETS}"
    for name, target in zip(LISTINGS, targets):
        if not (HERE / name).read_text(encoding="utf-8").endswith(target):
            sys.exit(f"{name} is not as {TARGETS} has it")


if __name__ == "__main__":
    main()
