# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A real program that stores its settings is killed at each of its system calls."""

import ctypes
import os
import signal
import unittest

import sample_programs
from sample_programs import programs

PTRACE_TRACEME, PTRACE_SYSCALL = 0, 24
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)


def start_traced(words, environment):
    """A process that stops when it begins, and at `next_stop` before and after each system call."""
    pid = os.fork()
    if pid == 0:
        if libc.ptrace(PTRACE_TRACEME, 0, None, None) != 0:
            os._exit(77)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execve(words[0], words, environment)
    status = os.waitpid(pid, 0)[1]
    return pid if os.WIFSTOPPED(status) else None


def next_stop(pid):
    """False when the process has ended."""
    libc.ptrace(PTRACE_SYSCALL, pid, None, None)
    return os.WIFSTOPPED(os.waitpid(pid, 0)[1])


class Killed(sample_programs.ProgramTest):
    def setUp(self):
        super().setUp()
        self.environment["ASAN_OPTIONS"] = "detect_leaks=0"  # which needs to trace itself

    def store_until(self, stops):
        """Stores port 7000, killed after so many stops; whether it ended before."""
        words = programs.command("sample_server", "--port=7000", "--store_settings")
        pid = start_traced(words, self.environment)
        if pid is None:
            self.skipTest("this machine does not let processes be traced")
        for _ in range(stops):
            if not next_stop(pid):
                return True
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return False

    # Crunch 27: written atomically: kill -9 at any moment leaves the old file or the new one.
    def test_the_file_is_the_old_one_or_the_new_one(self):
        self.check_server("--port=7000", "--store_settings", stdout="Ack()\n")
        new = self.file.read_text("utf-8")
        self.check_server("--port=6000", "--store_settings", stdout="Ack()\n")
        old = self.file.read_text("utf-8")
        stops, found = 0, []
        while not self.store_until(stops):
            found.append(self.file.read_text("utf-8"))
            self.assertIn(found[-1], (old, new))
            stops += 1
        self.assertEqual(self.settings()["port"], 7000)
        first_new = found.index(new)
        self.assertGreater(first_new, 50)
        self.assertEqual(set(found[first_new:]), {new})
        self.assertGreater(len(found) - first_new, 3)


if __name__ == "__main__":
    programs.main()
