# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Does what docs/guide/api-server.md tells its reader to do for one more request: applies its change
to copies of the sources, builds them as crunch_server was built, and asks by its curl line.

    python3 square_test.py build/release/bin build/release
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/interop"), str(ROOT / "tests/examples")]

import http_peers  # noqa: E402
import programs  # noqa: E402

GUIDE = "docs/guide/api-server.md"
FOLDER = "examples/crunch"
SOURCES = [f"{FOLDER}/{name}" for name in ("crunch_api.h", "crunch_server.cc")]
BUILD = Path(sys.argv.pop(2)).resolve()


def section():
    """The guide's section about Square."""
    behind = (ROOT / GUIDE).read_text(encoding="utf-8").partition("\n## One more request\n")[2]
    return behind.partition("\n## ")[0]


def block(language):
    """The one block of the section in this language."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", section(), re.DOTALL | re.MULTILINE)
    if len(found) != 1:
        raise AssertionError(f"{GUIDE}: {len(found)} {language} blocks about Square, not one")
    return found[0]


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)


class SquareTest(unittest.TestCase):
    NEEDS = ["curl"]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def change(self):
        """Applies the guide's change to copies of the sources: all of it, just where it says."""
        for side in "ab":
            (self.folder / side / FOLDER).mkdir(parents=True)
            for source in SOURCES:
                shutil.copy(ROOT / source, self.folder / side / source)
        applied = run(["git", "apply", "--verbose", "-"], input=block("diff"),
                      cwd=self.folder / "b")
        self.assertEqual(applied.returncode, 0,
                         f"{GUIDE}: its change does not fit the sources:\n{applied.stdout}")
        made = run(["git", "diff", "--no-index", "--no-prefix", "--unified=1", "a", "b"],
                   cwd=self.folder).stdout
        made = re.sub(r"^(?:diff|index) .*\n|(?<= @@) .*| $", "", made, flags=re.MULTILINE)
        self.assertTrue(block("diff") == made, f"{GUIDE}: its change has to be\n\n{made}")

    def build(self):
        """Compiles and links the copy by the commands of crunch_server; gives the program's path."""
        objects = f"{FOLDER}/CMakeFiles/crunch_server.dir"
        program = self.folder / "crunch_server"
        moved = {str(ROOT / SOURCES[1]): self.folder / "b" / SOURCES[1], objects: self.folder,
                 "bin/crunch_server": program}
        all_commands = run(["ninja", "-t", "commands", "crunch_server"], cwd=BUILD).stdout
        for command in filter(lambda it: objects in it, all_commands.splitlines()):
            for before, after in moved.items():
                command = command.replace(before, shlex.quote(str(after)))
            built = run(command, shell=True, cwd=BUILD)
            self.assertEqual(built.returncode, 0, f"{GUIDE}: does not build:\n{built.stdout}")
        return program

    def ask(self, port):
        """The response to the guide's curl line, and the number that the guide says it has."""
        found = re.findall(r"^curl '(\S+):5051(\S+)' \| jq '\.value\[1\]\.value' +# (\S+)$",
                           block("sh"), re.MULTILINE)
        self.assertEqual(len(found), 1, f"{GUIDE}: has {len(found)} curl lines for Square")
        host, what, number = found[0]
        asked = http_peers.run("curl", "--silent", "--show-error", f"{host}:{port}{what}")
        self.assertEqual((asked.returncode, asked.stderr), (0, b""))
        return json.loads(asked.stdout), json.loads(number)

    def test_the_change_of_the_guide_adds_square(self):
        self.change()
        server = self.build()
        with programs.Program("env", f"XDG_CONFIG_HOME={self.folder}", server, "--port=0", "--v=1",
                              "--logtostderr") as running:
            port = running.err.until("Listening on").rpartition(":")[2]
            response, number = self.ask(port)
            self.assertEqual(response, {"value": ["crunch_api.Output", {"value": number}, []]})
            self.assertEqual(number, 2.25)


if __name__ == "__main__":
    http_peers.main()
