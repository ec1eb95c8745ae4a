# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A terminal with a shell, at whose keyboard sits a test."""

import codecs
import os
import pty
import select
import signal
import termios
import time

DEADLINE = 60  # seconds for anything to happen; sanitizers are slow, and so is a busy machine
PROMPT = "\x1fprompt\x1f"


class TerminalError(AssertionError):
    pass


class Terminal:
    """A bash on a terminal of its own: programs see what they see at a reader's."""

    def __init__(self, folder, environment):
        self.last = ""  # the last command
        self.folders = []  # of its PATH, before the system's
        self.seen = ""  # what was printed and not taken, the prompt included
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"],
                       {**environment, "PS1": PROMPT, "PS2": "", "TERM": "dumb"})
        settings = termios.tcgetattr(self.screen)
        settings[1] &= ~termios.ONLCR
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(self.screen, termios.TCSANOW, settings)
        self.wait_for_prompt()
        self.take_all()

    def run(self, command):
        """Types a command, as soon as the one before has ended. That one must have printed no more
        than was taken."""
        self.wait_for_prompt()
        if more := self.take_all():
            raise TerminalError("the command before also printed:\n" + "\n".join(more))
        self.last, self.seen = command, ""
        os.write(self.screen, command.encode() + b"\n")

    def set_path(self, folders):
        """Where commands are looked for first, from the next one on."""
        if folders != self.folders:
            self.folders = list(folders)
            self.run(f"PATH='{':'.join(map(str, [*folders, os.environ['PATH']]))}'")

    def interrupt(self):
        """Presses Ctrl-C, which ends the command. The empty line that bash prints where a program
        died of it is not kept."""
        os.write(self.screen, b"\x03")
        self.wait_for_prompt()
        if self.seen == "\n" + PROMPT:
            self.seen = PROMPT

    def wait_for_prompt(self):
        self._read_until(self.at_prompt, "the end of a command")

    def wait_for_lines(self, count):
        """Until so many lines are there, or the command has ended."""
        self._read_until(lambda: self.at_prompt() or self.seen.count("\n") >= count,
                         f"{count} lines")

    def wait_for_silence(self, seconds):
        while not self.at_prompt() and self._read(seconds):
            pass

    def at_prompt(self):
        return self.seen.endswith(PROMPT)

    def take(self, count):
        """The first lines of what was printed."""
        lines = self.seen.split("\n")
        self.seen = "\n".join(lines[count:])
        return lines[:count]

    def take_all(self):
        text = self.seen.removesuffix(PROMPT)
        self.seen = PROMPT if self.at_prompt() else ""
        return text.splitlines()

    def close(self):
        os.kill(self.pid, signal.SIGHUP)
        os.close(self.screen)
        os.waitpid(self.pid, 0)

    def _read_until(self, condition, what):
        end = time.monotonic() + DEADLINE
        while not condition():
            if not self._read(max(0, end - time.monotonic())):
                raise TerminalError(f"$ {self.last}\nwaited in vain for {what}; there is:\n"
                                    f"{self.seen}")

    def _read(self, seconds):
        """Whether anything came in that time."""
        if not select.select([self.screen], [], [], seconds)[0]:
            return False
        self.seen += self.decoder.decode(os.read(self.screen, 65536))
        return True
