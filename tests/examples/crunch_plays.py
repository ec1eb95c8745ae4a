# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The crunch programs in tests: how they are started, and servers that play a part for them.

Every run of a test script has a loopback address of its own, so that a port there is free, and
stays so while the program that had it is restarted.
"""

import contextlib
import itertools
import json
import os
import re
import shutil
import socket
import tempfile
import unittest
from unittest import mock

import programs
from programs import DEADLINE, PlayedServer, Program

_pid = os.getpid()
HOST = f"127.{1 + (_pid >> 16) % 250}.{(_pid >> 8) & 255}.{_pid & 255 or 1}"
_ports = itertools.count(20_000)

HELLO = {"hello": {"version": 1, "frame_limit": 1048576}}
LOG_LINE = re.compile(r"\A[IWE]\d{8} \d\d:\d\d:\d\d\.\d{6} +\d+ \w+\.cc:\d+\] ")


def free_port():
    """A port at HOST that nobody has, nor gets by chance: the system chooses from others."""
    for port in _ports:
        with contextlib.suppress(OSError), socket.create_server((HOST, port)):
            return port


def output(value):
    return '{"value":["crunch_api.Output",{"value":%s},[]]}' % value


def said(line):
    """A line of the log, without when and where."""
    return LOG_LINE.sub("", line)


class CrunchTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(mock.patch.dict(os.environ, XDG_CONFIG_HOME=self.folder, no_proxy="*"))

    def start(self, name, *arguments):
        return self.enterContext(Program(name, *arguments))

    def start_server(self, port=0, native_port=None):
        """crunch_server, with its ports open; they are its `http` and `native`."""
        native_port = native_port or free_port()
        server = self.start("crunch_server", f"--host={HOST}", f"--port={port}",
                            f"--native_port={native_port}", "--v=1", "--logtostderr")
        server.http = int(server.err.until(f"Listening on {HOST}:").rpartition(":")[2])
        server.native = int(server.err.until(f"Listening on {HOST}:").rpartition(":")[2])
        return server

    def start_quietly(self, name, port, *arguments):
        """A program that listens there, and says nothing of that."""
        program = self.start(name, *arguments)
        with socket.socket() as probe:
            self.assertTrue(programs.eventually(lambda: probe.connect_ex((HOST, port)) == 0,
                                                lambda: programs.run(name, "--dump_settings")))
        return program

    def check(self, name, *arguments, stdout="", stderr="", status=0):
        """Runs a program to its end."""
        result = programs.run(name, *arguments)
        self.assertEqual((result.stdout.decode(), result.stderr.decode(), result.returncode),
                         (stdout, stderr, status))

    def check_end(self, program, stdout=(), stderr=(), status=0):
        """The same of one that was started."""
        self.assertEqual((program.out.rest(), program.err.rest(), program.wait()),
                         (list(stdout), list(stderr), status))


def require_peer(name):
    """Skips the test where the system has no such program; fails it where COUPLET_REQUIRE_PEERS=1
    is set."""
    if shutil.which(name):
        return
    raise (AssertionError if os.environ.get("COUPLET_REQUIRE_PEERS") == "1" else unittest.SkipTest)(
        f"{name} is missing; scripts/bootstrap --peers installs it")


def shell(command):
    """What a command of curl and jq prints."""
    for name in ("curl", "jq"):
        require_peer(name)
    result = programs.run("sh", "-c", command)
    if (result.returncode, result.stderr) != (0, b""):
        raise AssertionError(f"{command}: {result.returncode}, {result.stderr}")
    return result.stdout.decode()


class Answer:
    """What curl got."""

    def __init__(self, response):
        head, _, self.body = response.partition("\r\n\r\n")
        lines = head.split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = dict(line.split(": ", 1) for line in lines[1:])

    def message(self):
        """The name of the message, or of the fault, and its members."""
        name, members, rest = json.loads(self.body)["value"]
        assert rest == []
        return name, members


def curl(port, target, *arguments):
    """The answer of HOST at that port."""
    require_peer("curl")
    # Without `Expect: 100-continue` there is one head only.
    result = programs.run("curl", "--silent", "--include", "--max-time", DEADLINE,
                          "--header", "Expect:", *arguments, f"http://{HOST}:{port}/{target}")
    if result.returncode != 0:
        raise AssertionError(f"curl: {result.returncode}")
    return Answer(result.stdout.decode())


# Servers in the hands of a test. A play is called with the names of what is asked, `Multiply`, and
# with the members, and gives the answer, or None to say nothing.


def compute(name, members):
    value = members["x"] * members["y"] if name == "Multiply" else members["x"] / members["y"]
    return ["crunch_api.Output", {"value": value}]


class Reader:
    """Reads from a connection."""

    def __init__(self, connection):
        self.connection = connection
        self.bytes = b""

    def until(self, end):
        """Up to and including `end`; None where the peer is gone."""
        while end not in self.bytes:
            if not self._more():
                return None
        found, _, self.bytes = self.bytes.partition(end)
        return found + end

    def exactly(self, size):
        while len(self.bytes) < size:
            if not self._more():
                return None
        found, self.bytes = self.bytes[:size], self.bytes[size:]
        return found

    def _more(self):
        chunk = self.connection.recv(65536)
        self.bytes += chunk
        return chunk != b""


def netstring(frame):
    text = json.dumps(frame).encode()
    return b"%d:%b," % (len(text), text)


class NativePeer:
    """A program that speaks the native protocol over `connection`."""

    def __init__(self, connection):
        self.connection = connection
        self.reader = Reader(connection)

    def send(self, frame):
        self.connection.sendall(netstring(frame))

    def next(self):
        """The next frame; None at the end."""
        head = self.reader.until(b":")
        text = head and self.reader.exactly(int(head[:-1]) + 1)
        return text and json.loads(text[:-1])


def play_native(answer):
    def play(connection):
        peer = NativePeer(connection)
        peer.send(HELLO)
        while frame := peer.next():
            if "request" not in frame:
                continue
            name, members = frame["request"]
            reply = answer(name.partition(".")[2], members)
            if reply:
                kind = "fault" if "condition" in reply[1] else "reply"
                peer.send({"id": frame["id"], kind: reply})

    return play


def play_http(answer):
    def play(connection):
        reader = Reader(connection)
        while head := reader.until(b"\r\n\r\n"):
            length = re.search(rb"Content-Length: (\d+)", head)
            body = reader.exactly(int(length.group(1)) if length else 0)
            name = re.match(r"POST /crunch_api\.(\w+) ", head.decode()).group(1)
            reply = answer(name, json.loads(body))
            if reply:
                text = json.dumps({"value": [*reply, []]}).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b"
                                   % (len(text), text))

    return play


@contextlib.contextmanager
def played(answer, native):
    """A server at 127.0.0.1 that answers as `answer` says; gives its port."""
    with PlayedServer((play_native if native else play_http)(answer)) as server:
        yield server.port
