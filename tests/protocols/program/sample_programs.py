# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Runs the programs of these tests, each test in a folder of its own for settings."""

import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))

import programs  # noqa: E402

DEFAULTS = {"host": "127.0.0.1", "port": 5051, "is_loud": False, "ratio": 0.5, "colour": "red",
            "limit": None, "numbers": [1, 2], "peer": {"host": "127.0.0.1", "port": 5052}}
DUMP = ('{"value":{"host":"127.0.0.1","port":5051,"is_loud":false,"ratio":0.5,"colour":"red",'
        '"limit":null,"numbers":[1,2],"peer":{"host":"127.0.0.1","port":5052}}}\n')


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "couplet" / "sample_server.json"
        self.environment = {**os.environ, "XDG_CONFIG_HOME": str(self.folder)}

    def run_program(self, name, *arguments, **changes):
        """Runs it to its end; a variable of the environment that is None is taken out."""
        environment = {**self.environment, **changes}
        environment = {name: value for name, value in environment.items() if value is not None}
        return programs.run(name, *arguments, env=environment, cwd=self.folder)

    def check(self, result, status=0, stdout="", stderr=""):
        self.assertEqual((result.stdout.decode(), result.stderr.decode(), result.returncode),
                         (stdout, stderr, status))

    def check_server(self, *arguments, **expected):
        self.check(self.run_program("sample_server", *arguments), **expected)

    def check_client(self, *arguments, **expected):
        self.check(self.run_program("sample_client", *arguments), **expected)

    def settings(self, *arguments, **changes):
        """What the server would run with."""
        result = self.run_program("sample_server", "--dump_settings", *arguments, **changes)
        self.assertEqual((result.stderr, result.returncode), (b"", 0))
        return json.loads(result.stdout)["value"]

    def write(self, text):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(text, encoding="utf-8")
