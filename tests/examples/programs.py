# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Runs the example programs for tests: waits for their lines, never longer than a deadline.

A test script ends with `programs.main()` and is called with the folder of the programs:

    python3 get_poetry_test.py build/release/bin
"""

import contextlib
import os
import queue
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

DEADLINE = 30  # seconds for anything to happen; sanitizers are slow, and so is a busy machine
POEMS = Path(__file__).resolve().parents[2] / "examples" / "poetry" / "poems"

_bin = None


def poem(name):
    """The path of a poem, and its bytes."""
    path = POEMS / f"{name}.txt"
    return str(path), path.read_bytes()


def command(name, *arguments):
    """The words that run a program of ours, or of the system where we have none of that name."""
    ours = _bin / name
    return [str(ours) if ours.exists() else name, *map(str, arguments)]


def run(name, *arguments, **options):
    """Runs a program to its end; the result has `returncode`, `stdout` and `stderr`, in bytes."""
    return run_command(command(name, *arguments), **options)


def run_in_shell(before, name, *arguments, behind="", **options):
    """As `run`, by sh: what `before` does it does to itself first, like `ulimit -n 5`; `behind` are
    redirections of the program, like `2>&-`."""
    return run_command(["sh", "-c", f'{before}\nexec "$@" {behind}', "sh", *command(name, *arguments)],
                       **options)


def run_command(words, **options):
    options.setdefault("input", b"")
    return subprocess.run(words, capture_output=True, timeout=DEADLINE, check=False, **options)


class Program:
    """A program that runs until it is told to stop, or until the `with` block ends."""

    def __init__(self, name, *arguments, stdin=subprocess.DEVNULL):
        self.process = subprocess.Popen(command(name, *arguments), stdin=stdin,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.out = _Lines(self.process.stdout)
        self.err = _Lines(self.process.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(DEADLINE)
        self.out.close()
        self.err.close()

    def port(self):
        """The port that the next start-up line names."""
        line = self.out.next()
        match = re.fullmatch(r"Serving .* on (?:127\.0\.0\.1|\[::1\]):(\d+)\.", line or "")
        if not match:
            raise AssertionError(f"no start-up line: {line!r}, and on stderr {self.err.rest()!r}")
        return int(match.group(1))

    def stop(self, signal_number=signal.SIGTERM):
        """Ends the program by a signal and returns its status."""
        self.process.send_signal(signal_number)
        return self.wait()

    def wait(self):
        return self.process.wait(DEADLINE)


class _Lines:
    """The lines of a pipe, read by a thread as they come."""

    def __init__(self, pipe):
        self.pipe = pipe
        self.lines = queue.Queue()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        for line in self.pipe:
            self.lines.put(line.decode().rstrip("\n"))
        self.lines.put(None)

    def next(self):
        """The next line; None at the end."""
        line = self.lines.get(timeout=DEADLINE)
        if line is None:
            self.lines.put(None)
        return line

    def until(self, pattern):
        """Skips to the first line that contains `pattern`."""
        while (line := self.next()) is not None:
            if re.search(pattern, line):
                return line
        raise AssertionError(f"the output ended without {pattern!r}")

    def rest(self):
        """All lines up to the end, which must come."""
        lines = []
        while (line := self.next()) is not None:
            lines.append(line)
        return lines

    def close(self):
        self.thread.join(DEADLINE)
        self.pipe.close()


class PlayedServer:
    """A server that plays a part: `play(connection)` is called for each connection, in a thread."""

    def __init__(self, play):
        self.play = play
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection):
        with connection, contextlib.suppress(OSError):
            connection.settimeout(DEADLINE)
            self.play(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Wakes the thread in accept, which a mere close would not.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@contextlib.contextmanager
def refusing_port():
    """A port on which nobody listens, and nobody else can."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@contextlib.contextmanager
def temporary_poem(content):
    """The path of a file with this content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "poem.txt"
        path.write_bytes(content)
        yield str(path)


def connect(port, host="127.0.0.1"):
    return socket.create_connection((host, port), timeout=DEADLINE)


def receive_all(connection):
    """Everything until the peer closes."""
    data = b""
    while chunk := connection.recv(65536):
        data += chunk
    return data


def fetch(port, host="127.0.0.1"):
    with connect(port, host) as connection:
        return receive_all(connection)


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def eventually(condition, nudge):
    """Whether `condition()` holds, at the latest after many calls of `nudge`, each a round trip."""
    for _ in range(1000):
        if condition():
            return True
        nudge()
    return condition()


def reset_on_close(connection):
    """Makes `close` send a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def descriptors_of(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


@contextlib.contextmanager
def without_descriptors(process):
    """Meanwhile the process cannot open anything."""
    limits = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    last = max(int(name) for name in os.listdir(f"/proc/{process.pid}/fd"))
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (last + 1, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, limits)


def main():
    global _bin
    _bin = Path(sys.argv.pop(1)).resolve()
    sys.modules.setdefault("programs", sys.modules[__name__])
    unittest.main(module="__main__", verbosity=2)
