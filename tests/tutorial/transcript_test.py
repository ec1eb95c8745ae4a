#!/usr/bin/python3
# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Does what a chapter of docs/tutorial tells its reader to do, and sees what it says they will see.

    python3 transcript_test.py BIN CHANGED CHAPTER.md [--write]

BIN has the programs, CHANGED the chapter's program after its change. With --write the chapter gets
what was seen in place of what was not. README.md has the rules.
"""

import argparse
import os
import random
import re
import shutil
import socket
import sys
from pathlib import Path

from chapter import blocks
from terminal import Terminal, TerminalError

ROOT = Path(__file__).resolve().parents[2]
PORT = re.compile(r"(?<!\d)1000\d(?!\d)")  # of the tutorial's programs
LOG_LINE = re.compile(r"([IWE])\d{8} \d\d:\d\d:\d\d\.\d{6} +\d+ ([\w.]+):\d+\]")
LONGEST_PROGRAM = 60  # lines
QUIET = 2  # seconds without a line after which --write expects no more
SKIPPED = 77  # what ctest takes for a test that was skipped


class Ports:
    """Ports that are free, in place of the tutorial's."""

    def __init__(self):
        self.real = {}

    def to_real(self, text):
        return PORT.sub(lambda port: self._real(port.group()), text)

    def from_real(self, text):
        for port, real in self.real.items():
            text = re.sub(rf"(?<!\d){real}(?!\d)", port, text)
        return text

    def _real(self, port):
        if port not in self.real:
            self.real[port] = self._free()
        return self.real[port]

    def _free(self):
        """Below those that the system gives away by itself, so that nobody gets it meanwhile."""
        while True:
            port = random.randrange(11000, 32000)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) != 0 and str(port) not in self.real.values():
                    return str(port)


class Act:
    """A command, Ctrl-C, or nothing, and the lines that follow it in a block."""

    def __init__(self, line, deed):
        self.line, self.deed, self.output = line, deed, []


def acts(block):
    """What is done in a block. Before the first deed there may be lines of an earlier command."""
    found = [Act(block.line - 1, None)]
    for number, line in enumerate(block.lines, block.line):
        if line.startswith("$ ") or line == "^C":
            found.append(Act(number, line))
        else:
            found[-1].output.append(line)
    return found if found[0].output else found[1:]


class Reader:
    """Sits at the terminals and follows the chapter."""

    def __init__(self, programs, changed, writing):
        self.changed, self.writing = changed, writing
        self.folders = [programs / "tutorial", programs]  # where a command is looked for
        self.terminals, self.ports = {}, Ports()
        self.corrections = []  # (line, count, the lines to put there)

    def follow(self, found):
        for block in found:
            if block.language == "diff":
                self.folders.insert(0, self.changed)
            elif block.language == "console":
                self.do(block)
        for number, terminal in sorted(self.terminals.items()):
            terminal.run("")  # so that all has ended, and no line came that the chapter has not

    def do(self, block):
        terminal = self.terminal((block.notes_on("terminal") or ["1"])[0])
        todo = acts(block)
        for act, following in zip(todo, todo[1:] + [None]):
            if act.deed == "^C":
                terminal.interrupt()
            elif act.deed:
                terminal.set_path(self.folders)
                terminal.run(self.ports.to_real(act.deed[2:]))
            ends = act.deed == "^C" or (following is not None and following.deed.startswith("$ "))
            self.compare(block, act, self.look(terminal, len(act.output), ends))

    def look(self, terminal, count, ends):
        """What a terminal shows: all of it where the command ends, else that many lines."""
        if self.writing and not ends:
            terminal.wait_for_silence(QUIET)
            return terminal.take_all()
        if ends:
            terminal.wait_for_prompt()
            return terminal.take_all()
        terminal.wait_for_lines(count)
        return terminal.take(count) if not terminal.at_prompt() else terminal.take_all()

    def compare(self, block, act, lines):
        lines = [timeless(self.ports.from_real(line)) for line in lines]
        varies = [note.partition(" = ") for note in block.notes_on("varies")]
        if len(lines) == len(act.output) and all(
                re.fullmatch(pattern(expected, varies), line)
                for expected, line in zip(act.output, lines)):
            return
        self.corrections.append((act.line, len(act.output), lines))
        if not self.writing:
            raise TerminalError("\n".join([
                f"line {act.line}: {act.deed or '(the command before)'}", "the chapter has:",
                *act.output, "there came:", *lines]))

    def terminal(self, number):
        if number not in self.terminals:
            self.terminals[number] = Terminal(ROOT / "examples/poetry/poems",
                                              {**os.environ, "LC_ALL": "C.UTF-8"})
        return self.terminals[number]

    def close(self):
        for terminal in self.terminals.values():
            terminal.close()


def timeless(line):
    """Without what differs at the beginning of a line of the log: time, thread, place in the file."""
    return LOG_LINE.sub(r"\g<1>20261121 12:00:00.000000 4242 \g<2>:100]", line)


def pattern(line, varies):
    """What a line must match: itself, but for what the notes say may differ."""
    regex = re.escape(timeless(line))
    for text, _, like in varies:
        regex = regex.replace(re.escape(text), like)
    return regex


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", type=Path)
    parser.add_argument("changed", type=Path)
    parser.add_argument("chapter", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    if not shutil.which("nc"):
        print("skipped: there is no nc; scripts/bootstrap installs it")
        sys.exit(1 if os.environ.get("COUPLET_REQUIRE_PEERS") == "1" else SKIPPED)

    program = ROOT / "examples/tutorial" / f"{args.chapter.stem}.cc"
    if (lines := program.read_text(encoding="utf-8").count("\n")) > LONGEST_PROGRAM:
        sys.exit(f"{program}: has {lines} lines, more than {LONGEST_PROGRAM}")

    reader = Reader(args.programs.resolve(), args.changed.resolve(), args.write)
    try:
        reader.follow(blocks(args.chapter))
    except TerminalError as error:
        sys.exit(f"{args.chapter}: {error}")
    finally:
        reader.close()
        if args.write:
            text = args.chapter.read_text(encoding="utf-8").split("\n")
            for line, count, lines in reversed(reader.corrections):
                text[line:line + count] = lines
            args.chapter.write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
