# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""slowhttptest against http_echo, while a visitor asks for `/` every 20 ms, on a connection of its
own each time: what the visitor sees, and what an attacker costs the server in its own memory."""

import collections
import contextlib
import os
import re
import resource
import socket
import subprocess
import time
from pathlib import Path

CONNECTIONS = 500
KINDS = {
    # A header line every 2 s.
    "slow headers": ("-H", "-i", "2"),
    # Of 4,096 bytes of body, up to 64 every 2 s.
    "slow body": ("-B", "-i", "2"),
    # Ten requests at once, each answered with 12 KB; 5 bytes are read a second, from a receive
    # buffer of the smallest size that the system allows.
    "slow read": ("-X", "-k", "10", "-n", "1", "-z", "5", "-w", "1", "-y", "2",
                  "-j", "poem=" + "x" * 12000),
}
PACE = 0.02
PATIENCE = 30  # seconds for anything to happen

# Of the attackers: how many there were at once and at the end, and the most memory that one cost.
# Of the visitor: how many requests there were, how many had another answer than 200 with OK, and
# the 99th percentile of the times until the last byte of the answer.
Outcome = collections.namedtuple("Outcome", "most last kib requests failed p99_ms")


def attack(server_program, slowhttptest, kind, visits):
    """The outcome of `visits` requests after all attackers have come."""
    _make_room()
    with _running([server_program, "--port=0"]) as server:
        port = int(re.search(rb":(\d+)\.\n", server.stdout.readline()).group(1))
        for _ in range(100):
            _visit(port)
        before = _user_kib(server), _descriptors(server)
        with _running([slowhttptest, *KINDS[kind], "-c", str(CONNECTIONS), "-r", str(CONNECTIONS),
                       "-l", "3600", "-p", str(PATIENCE), "-v", "0",
                       "-u", f"http://127.0.0.1:{port}/echo"]) as attacker:
            outcome = _visits(port, server, attacker, before, visits)
        server.terminate()
        if server.wait(PATIENCE) != 0:
            raise RuntimeError(f"http_echo ended with status {server.returncode}")
        return outcome


def _visits(port, server, attacker, before, visits):
    times, failed, most_kib, most = [], 0, 0, 0
    deadline = time.monotonic() + PATIENCE
    left = visits
    while left > 0:
        start = time.perf_counter()
        failed += not _visit(port)
        times.append(time.perf_counter() - start)
        last = _descriptors(server) - before[1]
        most, most_kib = max(most, last), max(most_kib, _user_kib(server) - before[0])
        if most >= CONNECTIONS:
            left -= 1
        elif time.monotonic() > deadline or attacker.poll() is not None:
            raise RuntimeError(f"only {most} attackers came")
        with contextlib.suppress(subprocess.TimeoutExpired):
            attacker.wait(max(0, start + PACE - time.perf_counter()))
    times.sort()
    return Outcome(most, last, most_kib / CONNECTIONS, len(times), failed,
                   1000 * times[len(times) * 99 // 100])


def _make_room():
    """Server and attacker need a descriptor for each connection; children inherit the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * CONNECTIONS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(2 * CONNECTIONS, hard), hard))


@contextlib.contextmanager
def _running(command):
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def _visit(port):
    """Whether the answer is the right one."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(b"\r\n\r\nOK")


def _user_kib(process):
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"RssAnon:\s+(\d+) kB", status).group(1))


def _descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))
