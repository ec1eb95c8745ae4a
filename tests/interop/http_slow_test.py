# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""http_echo under the attacks of slowhttptest: it answers others, and keeps its memory small.

    python3 http_slow_test.py build/release/bin
"""

import unittest
from pathlib import Path

import http_peers
import http_slow
import programs

VISITS = 100
MOST_KIB = 64  # of the server's own memory, for each attacker


class SlowAttackers(unittest.TestCase):
    NEEDS = ("slowhttptest",)

    def check(self, kind):
        server, = programs.command("http_echo")
        outcome = http_slow.attack(server, http_peers.find("slowhttptest"), kind, VISITS)
        print(outcome, flush=True)
        self.assertEqual(outcome.failed, 0)
        if b"__asan_init" not in Path(server).read_bytes():
            self.assertLess(outcome.kib, MOST_KIB)

    def test_slow_headers(self):
        self.check("slow headers")

    def test_a_slow_body(self):
        self.check("slow body")

    def test_slow_reading(self):
        self.check("slow read")


if __name__ == "__main__":
    http_peers.main()
