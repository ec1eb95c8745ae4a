#!/usr/bin/python3
# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Proves that a mistake gets one good line from the compiler.

    expect_error.py --source FILE --expect REGEX -- COMPILER FLAG...

The source must fail with exactly one line that contains `error:`, which must match REGEX; with
-DCOUPLET_WRITE_IT_RIGHT it must compile, so that it failed for the reason given and no other.
"""

import argparse
import re
import subprocess
import sys


def compile_source(command, source, *flags):
    """Returns the exit status and everything that the compiler said."""
    done = subprocess.run([*command, *flags, source], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def complaint(command, source, expect):
    """What is wrong, or None."""
    status, said = compile_source(command, source)
    errors = [line for line in said.splitlines() if "error:" in line]
    if status == 0:
        return "the mistake compiles"
    if len(errors) != 1:
        return f"{len(errors)} lines contain `error:`, not one:\n{said}"
    if not re.search(expect, errors[0]):
        return f"the error line does not match {expect!r}:\n{errors[0]}"

    status, said = compile_source(command, source, "-DCOUPLET_WRITE_IT_RIGHT", "-Werror")
    if status != 0:
        return f"written right (-DCOUPLET_WRITE_IT_RIGHT), it does not compile:\n{said}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True)
    parser.add_argument("--expect", required=True, metavar="REGEX")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    wrong = complaint(args.command, args.source, args.expect)
    if wrong:
        sys.exit(f"{args.source}: with {args.command[0]}: {wrong}")


if __name__ == "__main__":
    main()
