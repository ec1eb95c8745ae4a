# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The small programs of examples/deferred print what deferred/NAME.txt says."""

import re
import unittest
from pathlib import Path

import programs

GOLDEN = Path(__file__).with_name("deferred")
SOURCES = Path(__file__).resolve().parents[2] / "examples" / "deferred"
OTHERS = {"lesson", "deferred_tour"}  # no program, and one with a test of its own


def names():
    return sorted({source.stem for source in SOURCES.glob("*.cc")} - OTHERS)


def comparable(text):
    """Without how long something took, and without the beginnings of coroutines: GCC takes the last
    line of one for its place, clang the first."""
    text = re.sub(r"[\d.]+ m?s (ago|by)", r"TIME \1", text)
    return re.sub(r"made at [^,\n]+(?=.*\n *suspended at)", "made", text)


class DeferredLessons(unittest.TestCase):
    maxDiff = None

    def test_print_the_golden_text(self):
        for name in names():
            with self.subTest(name):
                golden = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
                result = programs.run_in_shell("", name, behind="2>&1")
                if b"Couplet was built without COUPLET_PENDING_VIEW" in result.stdout:
                    self.skipTest("there is nothing to see")
                self.assertEqual(comparable(result.stdout.decode()), comparable(golden))
                self.assertEqual(result.returncode, 0)

    def test_there_is_no_other_golden_text(self):
        self.assertEqual([path.stem for path in sorted(GOLDEN.iterdir())], names())

    def test_say_what_they_show(self):
        for name in names():
            with self.subTest(name):
                result = programs.run(name, "--help")
                usage, shows, *_ = result.stdout.decode().split("\n")
                self.assertEqual(usage, f"Usage: {name} [FLAG]...")
                self.assertTrue(shows.endswith("."), shows)
                self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_refuse_arguments(self):
        for name in names():
            with self.subTest(name):
                result = programs.run(name, "poem.txt")
                self.assertEqual((result.returncode, result.stdout, result.stderr),
                                 (2, b"", f"{name}: Bad arguments.\n".encode()))


if __name__ == "__main__":
    programs.main()
