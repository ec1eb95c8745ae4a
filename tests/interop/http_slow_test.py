# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""http_echo under the attacks of slowhttptest: it answers others in time, and keeps its memory small.

    python3 http_slow_test.py build/release/bin
"""

import unittest
from pathlib import Path

import http_peers
import http_slow
import programs

VISITS = 100
ATTEMPTS = 3  # the machine may have had other work
MOST_KIB = 64  # of the server's own memory, for each attacker
MOST_MS = 100  # until the whole answer, for 99 visitors of 100
SANITIZERS = (b"__asan_init", b"__tsan_init")  # which cost memory and time


class SlowAttackers(unittest.TestCase):
    NEEDS = ("slowhttptest",)

    def check(self, kind):
        server, = programs.command("http_echo")
        program = Path(server).read_bytes()
        sanitized = any(name in program for name in SANITIZERS)
        latencies = []
        for _ in range(ATTEMPTS):
            outcome = http_slow.attack(server, http_peers.find("slowhttptest"), kind, VISITS)
            print(outcome, flush=True)
            self.assertEqual(outcome.failed, 0)
            if sanitized:
                return
            self.assertLess(outcome.kib, MOST_KIB)
            latencies.append(outcome.p99_ms)
            if outcome.p99_ms < MOST_MS:
                return
        self.fail(f"the 99th percentile was {min(latencies):.1f} ms at best")

    def test_slow_headers(self):
        self.check("slow headers")

    def test_a_slow_body(self):
        self.check("slow body")

    def test_slow_reading(self):
        self.check("slow read")


if __name__ == "__main__":
    http_peers.main()
