# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Netstring echo servers, alternating on one core with their client."""

import collections
import contextlib

from measure import load, servers
from measure.table import Table, against, atLeast, lowerQuartile, spread

DEEP = 16  # messages in flight per connection
CPU_LIMIT = 1.08
RATE_LIMIT = 0.9


def measure(options):
    rounds, seconds = (8, 0.2) if options.quick else (40, 0.4)
    kinds = servers.kinds(options)
    slices = collections.defaultdict(list)
    with contextlib.ExitStack() as stack:
        clients = {}
        for kind in kinds:
            server = stack.enter_context(servers.Server(kind))
            for depth in (1, DEEP):
                client = stack.enter_context(load.Client(options, server, depth))
                clients[kind.key, depth] = client
        for _ in range(rounds):
            for case, client in clients.items():
                slices[case].append(client.askFor(seconds))
    _table(kinds, slices, rounds, seconds).print()


def _table(kinds, slices, rounds, seconds):
    table = Table(f"Netstring echo: {load.CONNECTIONS} connections, {load.PAYLOAD_BYTES} bytes",
                  "server", "CPU, x floor", "limit", "CPU us", "spread",
                  f"rate at {DEEP}, x floor", "limit", "k/s", "spread")
    cpu = {kind.key: _cpuMicroseconds(slices[kind.key, 1]) for kind in kinds}
    cost = {kind.key: _coreMicroseconds(slices[kind.key, DEEP]) for kind in kinds}
    for kind in kinds:
        key = kind.key
        cpuRatio = lowerQuartile(cpu[key]) / lowerQuartile(cpu["floor"])
        rateRatio = lowerQuartile(cost["floor"]) / lowerQuartile(cost[key])
        ours = key == "couplet"
        table.add(kind.title, f"{cpuRatio:.3f}", against(CPU_LIMIT, cpuRatio) if ours else "",
                  f"{lowerQuartile(cpu[key]):.2f}", spread(cpu[key]), f"{rateRatio:.3f}",
                  atLeast(RATE_LIMIT, rateRatio) if ours else "",
                  f"{1e3 / lowerQuartile(cost[key]):.0f}", spread(cost[key]))
    table.note(
        f"{rounds} slices of {seconds} s each, alternating; lower quartiles. CPU: of the server's "
        "threads, by the system's\naccounts, per message, one in flight on each connection. Rate: "
        f"messages per second of the core's time,\nserver's and client's, with {DEEP} in flight. "
        f"These two had {_share(slices):.0f} % of the core, other programs the rest.")
    return table


def _share(slices):
    """How much of the core they had, in per cent."""
    every = [slice for slices in slices.values() for slice in slices]
    busy = sum(slice.server + slice.client for slice in every)
    return 100 * busy / sum(slice.wall for slice in every)


def _cpuMicroseconds(slices):
    return [1e6 * slice.server / slice.messages for slice in slices if slice.messages]


def _coreMicroseconds(slices):
    return [1e6 * (slice.server + slice.client) / slice.messages
            for slice in slices if slice.messages]
