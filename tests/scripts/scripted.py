# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What the tests of scripts that start programs have in common."""

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/examples"))

import programs  # noqa: E402


def processes_with(variable):
    """The processes that have this in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if variable.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_bytes())
        except OSError:
            pass  # ended, or somebody else's
    return found


class ScriptTest(unittest.TestCase):
    """Of the script SCRIPT."""
    SCRIPT = None

    def check(self, *arguments, stdout="", stderr="", status=0):
        result = programs.run_command([self.SCRIPT, *arguments])
        self.assertEqual((result.stdout.decode(), result.stderr.decode(), result.returncode),
                         (stdout, stderr, status))

    def check_help(self, mentions):
        """--help is the comment on top."""
        text = self.SCRIPT.read_text(encoding="utf-8")
        comment = re.match(r"#!.*\n((?:# .*\n)+)", text).group(1)
        self.assertIn(mentions, comment)
        self.check("--help", stdout=re.sub("^# ", "", comment, flags=re.MULTILINE))
