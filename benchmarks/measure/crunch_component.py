# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""crunch_component, which asks crunch_server twice for each request."""

import time

from measure import crunch, http, instructions, rates, servers, syscalls
from measure.rates import Alternation, Case
from measure.servers import PATIENCE, freePort
from measure.table import Table, against
from measure.tools import requireTool
from measure.trouble import Trouble

CPU_LIMIT = 4  # times crunch_server's
LOADS = (rates.ALONE, http.ONE)


class MulDiv(http.Request):
    """Of a component that may still be about to reach its servers."""

    def __init__(self):
        super().__init__("GET", "/MulDiv?a=1.5&b=2.25&c=0.75&d=2.0", answer=crunch.output(3.75))

    def answerBytes(self, server):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return super().answerBytes(server)
            except Trouble:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)


MUL_DIV = MulDiv()


def _component(options, key, title, asked, *arguments):
    port = freePort()
    return crunch.ours(options, key, title, "crunch_component", MUL_DIV, port,
                       f"--crunch=127.0.0.1:{asked.port}", f"--public=127.0.0.1:{port}",
                       "--control=127.0.0.1:0", *arguments)


def _pairs(options):
    """Each component with the server that it asks."""
    byHTTP, natively = crunch.server(options), crunch.nativeServer(options)
    return [
        (_component(options, "component", "crunch_component", byHTTP), byHTTP),
        (_component(options, "nativeComponent", "crunch_component --native", natively, "--native"),
         natively)]


def measure(options):
    _costs(options).print()
    _counts(options).print()


def _costs(options):
    pairs = _pairs(options)
    server = pairs[0][1]
    found = Alternation(
        options, [kind for component, asked in pairs for kind in (asked, component)],
        [case for each in LOADS for case in (
            Case(server.key, each, server.exchange),
            *(Case(component.key, each, MUL_DIV, counted)
              for component, asked in pairs for counted in ("", asked.key)))])
    table = Table("Crunch: a component that asks twice for each request", "program",
                  *[head for each in LOADS for head in (
                      f"CPU us, {each.connections}", "spread", "x crunch_server", "limit",
                      "the asked one's")])
    base = {each: found.costs(server.key, each, server.exchange) for each in LOADS}
    table.add("crunch_server", *[cell for cost in base.values() for cell in (
        f"{cost.cpu:.2f}", cost.cpuSpread, "1.00", "", "")])
    for component, asked in pairs:
        cells = []
        for each in LOADS:
            own, its = (found.costs(component.key, each, MUL_DIV, counted)
                        for counted in ("", asked.key))
            times = own.cpu / base[each].cpu
            cells += [f"{own.cpu:.2f}", own.cpuSpread, f"{times:.2f}", against(CPU_LIMIT, times),
                      f"{its.cpu:.2f}"]
        table.add(component.title, *cells)
    table.note(
        f"Of each program alone, per request of its clients, by HTTP on {LOADS[0].connections} "
        "connections, and on 1: Multiply of crunch_server, MulDiv of\nthe component, which asks "
        "another for a Multiply and a Divide at once, on two connections. The asked one's: what "
        "these two\ntake that.\n"
        f"{found.rounds} slices of each, alternating, of {found.seconds(LOADS[0])} s, or "
        f"{found.seconds(LOADS[1])} s with 1 connection; lower quartiles. Server and client had "
        f"{found.share:.0f} % of the core,\nother programs, and the asked one, the rest.")
    return table


def _counts(options):
    requireTool("valgrind")
    requireTool("strace")
    table = Table("The component's counts per request", "program", "user instructions",
                  "system calls", "heap allocations")
    for component, asked in _pairs(options):
        with servers.Server(asked):
            table.add(component.title, f"{instructions.perMessage(options, component, 1):.0f}",
                      f"{sum(syscalls.callsPerMessage(options, component).values()):.3f}",
                      f"{syscalls.allocationsPerMessage(options, component, 1):.3f}")
    table.note("One in flight on each of 64 connections.")
    return table
