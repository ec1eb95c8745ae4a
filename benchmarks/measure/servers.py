# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The servers that are measured, and how they are run."""

import contextlib
import dataclasses
import functools
import os
import re
import resource
import shutil
import signal
import socket
import string
import subprocess
import tempfile
import time
from pathlib import Path

from measure import build, core
from measure.service import Exchange
from measure.trouble import Trouble

PEERS = build.ROOT / "benchmarks" / "peers"
SERVING = re.compile(rb"Serving .* on 127\.0\.0\.1:(\d+)\.")

PATIENCE = 30  # seconds


@dataclasses.dataclass(frozen=True)
class Config:
    """A file that configures a server, with $port and $folder to be filled in; and what else is in
    that folder: bytes by name."""

    template: Path
    files: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Kind:
    """A server. `words` starts it, and is empty where it is missing."""

    key: str
    title: str
    words: list
    exchange: Exchange
    config: Config = None
    port: int = 0  # where it serves; 0: it announces that
    required: bool = False
    ours: bool = False
    countsHeap: bool = False  # takes its memory by malloc
    countsInstructions: bool = False
    most: int = 1_000_000  # connections at a time
    pipelines: bool = True


def compiled(options, name, *arguments):
    """The words that start one of the programs."""
    path = build.program(options, name)
    return path and [path, *arguments]


def script(interpreter, name):
    path = shutil.which(interpreter)
    return path and [path, PEERS / name]


def configured(name):
    """The words that start a program, but for the name of its file."""
    path = shutil.which(name)
    return path and [path, "-c"]


def twisted(name):
    return python(name, "twisted")


def python(name, package):
    """The words that start a script of Debian's Python, where that has what it imports."""
    words = script("/usr/bin/python3", name)
    return words and _hasPackage(words[0], package) and words


@functools.cache
def _hasPackage(interpreter, package):
    return not subprocess.run([interpreter, "-c", f"import {package}"], capture_output=True,
                              check=False).returncode


class Server:
    """A server that runs, on the core where everything is measured, until the `with` block ends.

    `before`: the words of a program that runs it and counts. So that counts repeat, the server then
    waits until its client has nothing to do, and finds what all connections have sent.
    """

    def __init__(self, kind, before=(), environment=None):
        if not kind.words:
            raise Trouble(f"{kind.title} was not built")
        self.kind = kind
        self.before = before
        quiet = {"GLOG_minloglevel": "1"}  # ours logs that it was told to end
        self.environment = {**os.environ, **quiet, **(environment or {})}
        if kind.config:
            self._startConfigured(kind.config)
        elif kind.port:
            self.port = kind.port
            self._startListening(kind.words)
        else:
            self._startAnnouncing()
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._signal(signal.SIGKILL)
        if self.kind.config:
            self.folder.cleanup()

    def stop(self):
        """Ends it by SIGTERM, so that whatever looks on reports. It has no clients any more, for
        which some would wait."""
        self._signal(signal.SIGTERM)

    def _startAnnouncing(self):
        self._start(self.kind.words, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        match = SERVING.match(line)
        if not match:
            self.__exit__()
            raise Trouble(f"{self.kind.title} does not say where it serves, but {line!r}")
        self.port = int(match.group(1))

    def _startConfigured(self, config):
        self.folder = tempfile.TemporaryDirectory()
        os.chmod(self.folder.name, 0o755)  # for a server that becomes another user
        for name, content in config.files.items():
            path = Path(self.folder.name) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        self.port = freePort()
        file = Path(self.folder.name) / config.template.name
        file.write_text(string.Template(config.template.read_text()).substitute(
            port=self.port, folder=self.folder.name))
        self._startListening([*self.kind.words, file])

    def _startListening(self, words):
        self._start(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._awaitListening()

    def _awaitListening(self):
        while self.process.poll() is None:
            with contextlib.suppress(ConnectionRefusedError), \
                    socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.01)
        self.__exit__()
        raise Trouble(f"{self.kind.title} ended with status {self.process.returncode}")

    def _start(self, words, **options):
        self.process = subprocess.Popen(
            [*self.before, *words], stdin=subprocess.DEVNULL, env=self.environment,
            start_new_session=True, preexec_fn=_prepareToBeCounted if self.before else _prepare,
            **options)

    def _signal(self, number):
        """To the server and to what looks on, which may outlive it to report."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise Trouble(f"{self.kind.title} does not end") from None


def freePort():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _prepare():
    core.pin()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _prepareToBeCounted():
    _prepare()
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
