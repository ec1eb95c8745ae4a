#!/usr/bin/env python3
# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Prints case_mapping.inc: Unicode's simple case mapping, from Python's own tables.

    python3 make_case_mapping.py > case_mapping.inc

Python knows the full mapping (one character may become several); the simple one is the same wherever
the full one gives a single character. Where it does not, these are the rules of UnicodeData.txt:
a Greek letter with a subscript iota goes to its title case, U+0130 goes to i, and the others (the
sharp s, ligatures) stay as they are.
"""

import sys
import unicodedata


def simple_upper(character):
    for mapped in (character.upper(), character.title()):
        if len(mapped) == 1:
            return mapped
    return character


def simple_lower(character):
    mapped = character.lower()
    return mapped if len(mapped) == 1 else mapped[0]


def spans(mapping):
    """Runs [first, last, step, delta]: every step-th character from first to last goes delta on."""
    runs = []
    for code in range(0x110000):
        if 0xD800 <= code <= 0xDFFF:
            continue
        delta = ord(mapping(chr(code))) - code
        if delta == 0:
            continue
        if runs and extend(runs[-1], code, delta):
            continue
        runs.append([code, code, 0, delta])
    return runs


def extend(run, code, delta):
    first, last, step, run_delta = run
    gap = code - last
    if delta != run_delta or gap > 2 or step not in (0, gap):
        return False
    run[1], run[2] = code, gap
    return True


def table(name, mapping):
    lines = [f"constexpr CaseSpan {name}[] = {{"]
    for first, last, step, delta in spans(mapping):
        lines.append(f"    {{0x{first:04X}, 0x{last:04X}, {step or 1}, {delta}}},")
    return lines + ["};"]


def main():
    print("// Copyright (c) the Couplet authors. MIT license, see LICENSE.")
    print(f"// Unicode {unicodedata.unidata_version}. Made by make_case_mapping.py: do not edit.")
    print("\n".join(table("kUpper", simple_upper) + [""] + table("kLower", simple_lower)))


if __name__ == "__main__":
    sys.exit(main())
