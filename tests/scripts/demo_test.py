# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""scripts/demo, with programs that are built: what it refuses, what it serves, and that nothing of
it is left behind, however it ends.

    python3 demo_test.py build/release/bin
"""

import json
import os
import re
import signal
import sys
import unittest
import urllib.request

import scripted
from scripted import ROOT, programs

DEMO = ROOT / "scripts/demo"
BIN = sys.argv[1]


def get(url):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(url, timeout=programs.DEADLINE) as response:
        return json.load(response)


class Arguments(scripted.ScriptTest):
    SCRIPT = DEMO

    def test_help_is_the_comment_on_top(self):
        self.check_help(mentions="--serve")

    def test_unknown_arguments(self):
        for argument in ("--nonsense", "serve", "--serve=1", "--bin", "--bin=", ""):
            with self.subTest(argument):
                self.check(argument, status=2, stderr=(
                    f"demo: unknown argument: {argument} "
                    "(there are --serve, --bin=FOLDER and --help)\n"))

    def test_a_folder_without_programs(self):
        result = programs.run_command([DEMO, "--bin=/nowhere"])
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"demo: slow_poetry did not start\n", result.stderr)


class Serve(unittest.TestCase):
    def setUp(self):
        self.mark = f"COUPLET_DEMO_TEST={os.getpid()}"
        self.demo = self.enterContext(programs.Program(
            "env", self.mark, DEMO, "--serve", f"--bin={BIN}"))
        self.lines = []
        while not self.lines or self.lines[-1] != "Ctrl-C ends all of them.":
            self.lines.append(self.demo.out.next())
            self.assertIsNotNone(self.lines[-1], self.lines)
        self.assertGreater(len(scripted.processes_with(self.mark)), 5)

    def url(self, path):
        """The address of this path among what there is to try."""
        found = re.findall(rf"'(http://127\.0\.0\.1:\d+{re.escape(path)}[^']*)'",
                           "\n".join(self.lines))
        self.assertTrue(found, self.lines)
        return found[0]

    def check_end(self, status):
        self.assertEqual(self.demo.wait(), status)
        programs.eventually(lambda: not scripted.processes_with(self.mark), os.sched_yield)
        self.assertEqual(scripted.processes_with(self.mark), [])

    def test_what_there_is_to_try(self):
        for path, value in (("/Multiply", 3.375), ("/MulDiv", 100.0)):
            self.assertEqual(get(self.url(path)),
                             {"value": ["crunch_api.Output", {"value": value}, []]})
        self.assertEqual(get(self.url("/ApiShow"))["value"][0], "couplet.ApiStatuses")
        clients = [line.split() for line in self.lines if re.search(r"/crunch_\w*client ", line)]
        said = [programs.run_command(words).stdout.decode() for words in clients]
        self.assertEqual(said, ["Output(value=42.0)\n"] * 2 + ["Output(value=150.0)\n"])
        self.demo.process.send_signal(signal.SIGINT)
        self.check_end(130)
        self.assertEqual(self.demo.err.rest(), [])

    def test_it_is_terminated(self):
        self.demo.process.send_signal(signal.SIGTERM)
        self.check_end(143)

    def test_it_is_killed(self):
        self.demo.process.kill()
        self.check_end(-signal.SIGKILL)


if __name__ == "__main__":
    programs.main()
