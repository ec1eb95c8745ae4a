# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Netstring echo servers: who they are, what is promised, and what a message costs them."""

from measure import load, rates
from measure.load import DEEP
from measure.rates import Alternation, Case
from measure.servers import Kind, compiled, script, twisted
from measure.service import Exchange, Service
from measure.table import Table, against, atLeast

PAYLOAD_BYTES = 32
CPU_LIMIT = 1.08
RATE_LIMIT = 0.9


class Echo(Exchange):
    message = b"32:abcdefghijklmnopqrstuvwxyz012345,"

    def answerBytes(self, _):
        return len(self.message)


ECHO = Echo()


def kinds(options):
    def cpp(key, title, name, *arguments, **traits):
        return Kind(key, title, compiled(options, name, *arguments), ECHO, countsHeap=True,
                    countsInstructions=True, **traits)

    return [
        cpp("floor", "bare epoll", "floor", required=True),
        cpp("couplet", "Couplet", "netstring_echo", "--port=0", "--iface=127.0.0.1",
            required=True, ours=True),
        cpp("asio", "Asio", "asio_echo"),
        cpp("libuv", "libuv", "libuv_echo"),
        cpp("bufferevent", "libevent bufferevent", "bufferevent_echo"),
        cpp("kj", "KJ", "kj_echo"),
        Kind("go", "Go", compiled(options, "go_echo"), ECHO),
        Kind("node", "Node", script("node", "node_echo.js"), ECHO),
        Kind("twisted", "Twisted", twisted("twisted_echo.py"), ECHO),
    ]


SERVICE = Service(
    name="Netstring echo", noun="message", idle="connection", kinds=kinds,
    instructionLimits={("floor", 1): 300, ("couplet", 1): 700, ("couplet", DEEP): 350},
    callLimits={"floor": 2.02, "couplet": 2.05},
    idleLimit=512)


def measure(options):
    present = SERVICE.present(options)
    loads = (rates.ALONE, rates.DEEP)
    found = Alternation(options, present, [Case(kind.key, each, ECHO)
                                           for kind in present for each in loads])
    table = Table(f"Netstring echo: {load.CONNECTIONS} connections, {PAYLOAD_BYTES} bytes",
                  "server", "CPU, x floor", "limit", "CPU us", "spread",
                  f"rate at {DEEP}, x floor", "limit", "k/s", "spread")
    floor, deepFloor = (found.costs("floor", each, ECHO) for each in loads)
    for kind in present:
        alone, deep = (found.costs(kind.key, each, ECHO) for each in loads)
        if not alone or not deep:
            continue
        cpu, rate = alone.cpu / floor.cpu, deepFloor.core / deep.core
        table.add(kind.title, f"{cpu:.3f}", against(CPU_LIMIT, cpu) if kind.ours else "",
                  f"{alone.cpu:.2f}", alone.cpuSpread, f"{rate:.3f}",
                  atLeast(RATE_LIMIT, rate) if kind.ours else "",
                  f"{1e3 / deep.core:.0f}", deep.coreSpread)
    table.note(
        f"{found.rounds} slices of {found.seconds(rates.ALONE)} s each, alternating; lower "
        "quartiles. CPU: of the server's threads, by the system's\naccounts, per message, one in "
        "flight on each connection. Rate: messages per second of the core's time,\nserver's and "
        f"client's, with {DEEP} in flight. These two had {found.share:.0f} % of the core, other "
        "programs the rest.")
    table.notes += found.missing
    table.print()
