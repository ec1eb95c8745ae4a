# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Servers that are asked in turn, on one core with their clients: what a message costs them."""

import contextlib
import dataclasses

from measure import load, servers
from measure.service import Exchange
from measure.table import lowerQuartile, spread
from measure.trouble import excusing

ROUNDS = 40
QUICK_ROUNDS = 8


@dataclasses.dataclass(frozen=True)
class Load:
    """How a server is asked, and how long each time."""

    connections: int
    depth: int
    seconds: float

    def __str__(self):
        each = f", {self.depth} in flight" if self.depth > 1 else ""
        return f"{self.connections} connection{'s' * (self.connections > 1)}{each}"


ALONE = Load(load.CONNECTIONS, 1, 0.4)
DEEP = Load(load.CONNECTIONS, load.DEEP, 0.4)


@dataclasses.dataclass(frozen=True)
class Case:
    """What is measured in one slice."""

    key: str  # the server's
    load: Load
    exchange: Exchange
    counts: str = ""  # another server, whose CPU time it is that counts


class Costs:
    """Of a case, in microseconds per message: `cpu` is the CPU time of the server, `core` the
    server's and the client's together."""

    def __init__(self, slices):
        slices = [slice for slice in slices if slice.messages]
        cpu = [1e6 * slice.server / slice.messages for slice in slices]
        core = [1e6 * (slice.server + slice.client) / slice.messages for slice in slices]
        self.cpu, self.cpuSpread = lowerQuartile(cpu), spread(cpu)
        self.core, self.coreSpread = lowerQuartile(core), spread(core)


class Alternation:
    """Slices of each case, in turn. A peer may fail in one: then that is missing."""

    def __init__(self, options, kinds, cases):
        self.rounds = QUICK_ROUNDS if options.quick else ROUNDS
        self.missing = []  # in words
        self._options = options
        with contextlib.ExitStack() as stack:
            running = {}
            for kind in kinds:
                with excusing(kind, self.missing):
                    running[kind.key] = stack.enter_context(servers.Server(kind))
            self._slices = {case: [] for case in cases if case.key in running}
            self._run(stack, running)

    def costs(self, key, load, exchange, counts=""):
        """None where they are missing."""
        slices = self._slices.get(Case(key, load, exchange, counts))
        return Costs(slices) if slices else None

    def seconds(self, load):
        return load.seconds / 2 if self._options.quick else load.seconds

    @property
    def share(self):
        """How much of the core servers and clients had, in per cent."""
        every = [slice for slices in self._slices.values() for slice in slices]
        busy = sum(slice.server + slice.client for slice in every)
        return 100 * busy / sum(slice.wall for slice in every)

    def _run(self, stack, running):
        clients = {}
        for case in list(self._slices):
            server = running[case.key]
            with self._excusing(server.kind, case):
                clients[case] = stack.enter_context(load.Client(
                    self._options, server, case.load.depth, case.load.connections, case.exchange,
                    running[case.counts] if case.counts else server))
        for _ in range(self.rounds):
            for case in list(self._slices):
                with self._excusing(running[case.key].kind, case):
                    self._slices[case].append(clients[case].askFor(self.seconds(case.load)))

    @contextlib.contextmanager
    def _excusing(self, kind, case):
        before = len(self.missing)
        with excusing(kind, self.missing, f" at {case.load}"):
            yield
        if len(self.missing) > before:
            del self._slices[case]
