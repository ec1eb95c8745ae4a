# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A program that is stuck says what it waits for, when it is asked and when it cannot end.

In the texts that are expected a place in the program's source stands as that line itself, times are
T, ports PORT, and a coroutine is made at COROUTINE.
"""

import re
import signal
import time
import unittest
from pathlib import Path

import sample_programs
from sample_programs import programs

SOURCE = Path(__file__).with_name("sample_stuck.cc")

MAIN = """\
- "main", made at program.h, T ago
    then program.h, program_run.cc
    waits for the Deferred
"""

STUCK = {
    "promise": MAIN + """\
    - made at COROUTINE, T ago
        suspended at [co_await nobodyFiresIt.deferred().named("fetch poem").addCallback([] {});]
        waits for the Deferred
        - "fetch poem", made at [Promise<void> nobodyFiresIt;], T ago
            then [co_await nobodyFiresIt.deferred().named("fetch poem").addCallback([] {});]
            waits for its Promise
""",
    "lock": MAIN + """\
    - made at COROUTINE, T ago
        suspended at [Acquired second = co_await lock.acquire().named("the second one");]
        waits for the Deferred
        - "the second one", made at [Acquired second = co_await lock.acquire().named("the second one");], T ago
            waits for a lock, held for T by the one who asked at [Acquired first = co_await lock.acquire();]
""",
    "job": MAIN + """\
    - made at COROUTINE, T ago
        suspended at [std::string job = co_await jobs.get();]
        waits for the Deferred
        - made at [std::string job = co_await jobs.get();], T ago
            waits for an item of a queue
""",
    "peer": MAIN + """\
    - made at COROUTINE, T ago
        suspended at [std::string line = co_await stream.readUntil("\\n").named("the first line");]
        waits for the Deferred
        - "the first line", made at [std::string line = co_await stream.readUntil("\\n").named("the first line");], T ago, of connection N with 127.0.0.1:PORT
            waits for data from 127.0.0.1:PORT
""",
    "circle": MAIN + """\
    - "hen", made at [Promise<void> hen;], T ago
        then [return std::move(hatched).chainDeferred(std::move(egg));]
        waits for the Deferred
        - "egg", made at [Promise<void> egg;], T ago
            then [egg.deferred().named("egg").chainDeferred(std::move(hen));]
            waits for the Deferred
            - "hen", made at [Promise<void> hen;], T ago: see above
""",
}


def source_line(match):
    """Compilers differ in where they say that a coroutine was made."""
    line = SOURCE.read_text(encoding="utf-8").splitlines()[int(match.group(1)) - 1].strip()
    return "COROUTINE" if line == "}" or re.match(r"Deferred<void> \w+\(Reactor&", line) else f"[{line}]"


def without_what_changes(text):
    text = re.sub(r"\S*sample_stuck\.cc:(\d+)", source_line, text)
    text = re.sub(r"\S*/(program\.h|program_run\.cc):\d+(, \S*program\.h:\d+)*", r"\1", text)
    text = re.sub(r"\b[\d.]+ s\b", "T", text)
    text = re.sub(r"connection \d+", "connection N", text)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)


class Pending(sample_programs.ProgramTest):
    maxDiff = None

    def start(self, how):
        program = programs.Program("sample_stuck", "--how=" + how)
        self.addCleanup(program.__exit__)
        self.assertEqual(program.out.next(), "stuck: " + how)
        return program

    def tree(self, program):
        """The next one that is printed."""
        count = int(program.err.until(r"Deferreds? (is|are) pending:$").rsplit(" ", 4)[-4])
        lines = []
        while sum(" waits for " in line for line in lines) < count or lines[-1].endswith("the Deferred"):
            lines.append(program.err.next())
        return without_what_changes("".join(line + "\n" for line in lines))

    def ask(self, program):
        program.process.send_signal(signal.SIGUSR1)
        return self.tree(program)

    def check_stuck(self, how):
        """It may take some turns to get stuck."""
        program = self.start(how)
        deadline = time.monotonic() + programs.DEADLINE
        while (tree := self.ask(program)) != STUCK[how] and time.monotonic() < deadline:
            pass
        self.assertEqual(tree, STUCK[how])
        program.stop()

    def test_a_promise_that_nobody_fires(self):
        self.check_stuck("promise")

    def test_a_lock_that_is_not_released(self):
        self.check_stuck("lock")

    def test_a_queue_that_nobody_fills(self):
        self.check_stuck("job")

    def test_a_peer_that_says_nothing(self):
        self.check_stuck("peer")

    def test_two_that_wait_for_each_other(self):
        self.check_stuck("circle")

    def test_a_shutdown_that_passes_its_deadline(self):
        program = self.start("shutdown")
        program.process.send_signal(signal.SIGTERM)
        self.assertEqual(program.err.next(), "The shutdown takes longer than its deadline. "
                                             "5 Deferreds are pending:")
        self.assertRegex(program.err.until("goodbye"), r'"say goodbye", made at \S+:\d+, [\d.]+ s ago')
        program.stop()

    def test_goes_on_after_it_was_asked(self):
        program = self.start("promise")
        self.assertEqual(self.ask(program), self.ask(program))
        program.stop()


if __name__ == "__main__":
    programs.main()
