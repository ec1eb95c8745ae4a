# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""deferred_tour prints what deferred_tour.txt says."""

import unittest
from pathlib import Path

import programs


class DeferredTour(unittest.TestCase):
    maxDiff = None

    def test_prints_the_golden_text(self):
        result = programs.run("deferred_tour")
        golden = Path(__file__).with_name("deferred_tour.txt").read_text(encoding="utf-8")
        self.assertEqual(result.stdout.decode(), golden)
        self.assertEqual((result.returncode, result.stderr), (0, b""))

    def test_refuses_arguments(self):
        result = programs.run("deferred_tour", "poem.txt")
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (2, b"", b"deferred_tour: Bad arguments.\n"))


if __name__ == "__main__":
    programs.main()
