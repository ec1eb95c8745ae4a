# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The netstring echo servers that are measured, and how they are run."""

import collections
import functools
import os
import re
import resource
import shutil
import signal
import subprocess

from measure import build, core
from measure.trouble import Trouble

PEERS = build.ROOT / "benchmarks" / "peers"
SERVING = re.compile(rb"Serving .* on 127\.0\.0\.1:(\d+)\.")

# `words` starts it, or is empty where it is missing; `countsHeap`: takes its memory by malloc.
Kind = collections.namedtuple("Kind", "key title words countsHeap")


def kinds(options):
    """Those that can be run here: the floor first, then ours, then the others."""
    build.require(options, "floor")
    build.require(options, "netstring_echo")
    return [kind for kind in _all(options) if kind.words]


def leftOut(options):
    """The titles of those that cannot."""
    return [kind.title for kind in _all(options) if not kind.words]


def _all(options):
    def compiled(name, *arguments):
        path = build.program(options, name)
        return path and [path, *arguments]

    def script(interpreter, name, works=lambda path: True):
        path = shutil.which(interpreter)
        return path and works(path) and [path, PEERS / name]

    couplet = compiled("netstring_echo", "--port=0", "--iface=127.0.0.1")
    twisted = script("/usr/bin/python3", "twisted_echo.py", _hasTwisted)
    return [
        Kind("floor", "bare epoll", compiled("floor"), True),
        Kind("couplet", "Couplet", couplet, True),
        Kind("asio", "Asio", compiled("asio_echo"), True),
        Kind("libuv", "libuv", compiled("libuv_echo"), True),
        Kind("bufferevent", "libevent bufferevent", compiled("bufferevent_echo"), True),
        Kind("kj", "KJ", compiled("kj_echo"), True),
        Kind("go", "Go", compiled("go_echo"), False),
        Kind("node", "Node", script("node", "node_echo.js"), False),
        Kind("twisted", "Twisted", twisted, False),
    ]


@functools.cache
def _hasTwisted(python):
    return not subprocess.run([python, "-c", "import twisted"], capture_output=True,
                              check=False).returncode


class Server:
    """A server that runs, on the core where everything is measured, until the `with` block ends.

    `before`: the words of a program that runs it and counts. So that counts repeat, the server then
    waits until its client has nothing to do, and finds what all connections have sent.
    """

    def __init__(self, kind, before=(), environment=None):
        self.process = subprocess.Popen(
            [*before, *kind.words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            env={**os.environ, **(environment or {})}, start_new_session=True,
            preexec_fn=_prepareToBeCounted if before else _prepare)
        line = self.process.stdout.readline()
        match = SERVING.match(line)
        if not match:
            self.__exit__()
            raise Trouble(f"{kind.title} does not say where it serves, but {line!r}")
        self.port = int(match.group(1))
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._signal(signal.SIGKILL)

    def stop(self):
        """Ends it by SIGTERM, so that whatever looks on reports."""
        self._signal(signal.SIGTERM)

    def _signal(self, number):
        """To the server and to what looks on, which may outlive it to report."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        self.process.wait()


def _prepare():
    core.pin()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _prepareToBeCounted():
    _prepare()
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
