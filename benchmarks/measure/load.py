# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The client that asks the servers."""

import collections
import contextlib
import subprocess
import tempfile

from measure import build, core
from measure.trouble import Trouble

CONNECTIONS = 64
DEEP = 16  # messages in flight on a connection, where it is not one

# Times in seconds: the wall's, and the CPU's of the server and of the client.
Slice = collections.namedtuple("Slice", "messages wall server client")


class Client:
    """Connections to a server, on each of which `depth` messages were exchanged. They stay, and are
    idle but for what is asked, until the `with` block ends. The CPU time is that of `counted`, or
    of the server."""

    def __init__(self, options, server, depth=1, connections=CONNECTIONS, exchange=None,
                 counted=None):
        exchange = exchange or server.kind.exchange
        with tempfile.NamedTemporaryFile() as file:
            file.write(exchange.greeting + exchange.messages(depth))
            file.flush()
            self.process = subprocess.Popen(
                [build.require(options, "load"), str(server.port), file.name,
                 f"--answer={exchange.answerBytes(server)}", f"--connections={connections}",
                 f"--depth={depth}", f"--greeting={len(exchange.greeting)}",
                 f"--greeted={exchange.greetedBytes(server)}", f"--pid={(counted or server).pid}"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                preexec_fn=core.pin)
            try:
                self._answer()
            except Trouble:
                self.__exit__()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def askFor(self, seconds):
        """As many messages as go in that time."""
        return self._ask(f"seconds {seconds}")

    def ask(self, messages):
        """So many messages."""
        return self._ask(f"messages {messages}")

    def _ask(self, command):
        with contextlib.suppress(BrokenPipeError):  # what it ended with is its answer
            print(command, file=self.process.stdin, flush=True)
        return self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise Trouble(self.process.stderr.read().strip() or "load ended without a word")
        messages, *times = line.split()
        return Slice(int(messages), *map(float, times))
