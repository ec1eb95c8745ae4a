# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""HTTP servers that say hello: who they are, what is promised, and what a request costs them."""

import re
import socket

from measure import load, rates
from measure.load import DEEP
from measure.rates import Alternation, Case, Load
from measure.servers import PEERS, Config, Kind, compiled, configured, script, twisted
from measure.service import Exchange, Service
from measure.table import Table, against, atLeast
from measure.trouble import Trouble

HELLO = b"Hello, world!"

CPU_LIMIT = 1.10  # of the floor's
RATE_LIMIT = 0.75
PEER_LIMITS = {"h2o": 1.6, "nginx": 1.8, "beast": 2.2, "kj": 3.5, "go": 4.5, "twisted": 30}

SEVERAL = (rates.ALONE, rates.DEEP)
ONE = Load(1, 1, 0.2)
MANY = Load(512, 1, 0.2)

TIMEOUT = 10  # seconds
LENGTH = re.compile(rb"^content-length: *(\d+)\r$", re.IGNORECASE | re.MULTILINE)


class Request(Exchange):
    """A request, and the body of its answer."""

    def __init__(self, method, path, body=b"", fields="", answer=HELLO, status=200):
        length = f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n{fields}{length}\r\n"
        self.message = head.encode() + body
        self.answer = answer
        self.status = status

    def answerBytes(self, server):
        """As the server answers now. It must be what was asked for."""
        try:
            with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as connection:
                connection.sendall(self.message)
                head, body = self._receive(connection)
        except OSError as error:
            raise Trouble(f"no answer: {error}") from None
        status = head.split(maxsplit=2)[1:2]
        if status != [str(self.status).encode()] or body != self.answer:
            raise Trouble(f"the answer is {head!r}, and {body[:1000]!r}")
        return len(head) + len(body)

    def _receive(self, connection):
        received = b""
        while True:
            head, end, body = received.partition(b"\r\n\r\n")
            length = LENGTH.search(head + b"\r")
            if end and length and len(body) >= int(length.group(1)):
                return head + end, body
            piece = connection.recv(1 << 20)
            if not piece:
                raise Trouble(f"the answer ends after {received[:1000]!r}")
            received += piece


PLAIN = Request("GET", "/")
ASKING_TO_STAY = Request("GET", "/", fields="Connection: keep-alive\r\n")


def nginx(files=None):
    return Kind("nginx", "nginx", configured("/usr/sbin/nginx"), PLAIN,
                Config(PEERS / "nginx.conf", files or {}), countsInstructions=True)


def couplet(options):
    return Kind("couplet", "Couplet", compiled(options, "http_site"), PLAIN, required=True,
                ours=True, countsHeap=True, countsInstructions=True)


def kinds(options):
    def cpp(key, title, exchange=PLAIN, **traits):
        return Kind(key, title, compiled(options, f"{key}_http"), exchange, countsHeap=True,
                    countsInstructions=True, **traits)

    return [
        Kind("floor", "bare epoll", compiled(options, "http_floor"), PLAIN, required=True,
             countsHeap=True, countsInstructions=True),
        couplet(options),
        Kind("h2o", "h2o", configured("h2o"), PLAIN,
             Config(PEERS / "h2o.conf", {"site/index.txt": HELLO}), countsInstructions=True),
        nginx(),
        cpp("beast", "Boost.Beast"),
        cpp("kj", "KJ"),
        cpp("microhttpd", "libmicrohttpd", most=128, pipelines=False),  # it stalls
        cpp("pistache", "Pistache", ASKING_TO_STAY, pipelines=False),  # it stalls
        cpp("poco", "POCO", most=1000),  # a thread each
        Kind("go", "Go", compiled(options, "go_http"), PLAIN),
        Kind("node", "Node", script("node", "node_http.js"), PLAIN),
        Kind("twisted", "Twisted Web", twisted("twisted_http.py"), PLAIN),
    ]


SERVICE = Service(
    name="HTTP hello", noun="request", idle="keep-alive connection", kinds=kinds,
    instructionLimits={("floor", 1): 500, ("couplet", 1): 1800, ("couplet", DEEP): 1300},
    callLimits={"floor": 2.02, "couplet": 2.05},
    idleLimit=512)


def measure(options):
    present = SERVICE.present(options)
    loads = (*SEVERAL, ONE, MANY)
    found = Alternation(options, present, [
        Case(kind.key, each, kind.exchange) for kind in present for each in loads
        if each.connections <= kind.most and (kind.pipelines or each.depth == 1)])
    tables = [_alone(found, present), _pipelined(found, present), _oneAndMany(found, present)]
    tables[-1].note(
        f"{found.rounds} slices of each, alternating, of {found.seconds(rates.ALONE)} s, or "
        f"{found.seconds(ONE)} s with 1 and {MANY.connections} connections; lower quartiles.\n"
        f"Server and client had {found.share:.0f} % of the core, other programs the rest.")
    tables[-1].notes += found.missing
    for table in tables:
        table.print()


def _alone(found, present):
    table = Table(f"HTTP hello: {load.CONNECTIONS} connections, {len(HELLO)} bytes", "server",
                  "CPU, x floor", "limit", "CPU us", "spread", "x Couplet's", "limit")
    costs = _costs(found, present, rates.ALONE)
    floor, ours = costs["floor"].cpu, costs["couplet"].cpu
    for kind in present:
        if kind.key not in costs:
            table.add(kind.title, *["-"] * 6)
            continue
        cost = costs[kind.key]
        limit = PEER_LIMITS.get(kind.key)
        table.add(kind.title, f"{cost.cpu / floor:.3f}",
                  against(CPU_LIMIT, cost.cpu / floor) if kind.ours else "", f"{cost.cpu:.2f}",
                  cost.cpuSpread, f"{cost.cpu / ours:.2f}",
                  atLeast(limit, cost.cpu / ours) if limit else "")
    table.note("CPU: of the server's threads, by the system's accounts, per request, one in flight "
               "on each connection.")
    return table


def _pipelined(found, present):
    table = Table(f"HTTP hello: {load.CONNECTIONS} connections, {DEEP} requests in flight on each",
                  "server", "rate, x floor", "limit", "k/s", "spread", "of Couplet's", "limit")
    costs = _costs(found, present, rates.DEEP)
    floor, ours = costs["floor"].core, costs["couplet"].core
    for kind in present:
        if kind.key not in costs:
            table.add(kind.title, *["-"] * 6)
            continue
        cost = costs[kind.key]
        table.add(kind.title, f"{floor / cost.core:.3f}",
                  atLeast(RATE_LIMIT, floor / cost.core) if kind.ours else "",
                  f"{1e3 / cost.core:.0f}", cost.coreSpread, f"{ours / cost.core:.2f}",
                  _behind(kind, ours / cost.core))
    table.note("Requests per second of the core's time, server's and client's.")
    return table


def _oneAndMany(found, present):
    table = Table(f"HTTP hello: {ONE.connections} and {MANY.connections} connections", "server",
                  *[head for each in (ONE, MANY) for head in (
                      f"CPU us, {each.connections}", "spread", "x Couplet's", "limit")])
    columns = [_costs(found, present, each) for each in (ONE, MANY)]
    for kind in present:
        cells = []
        for costs in columns:
            cost, ours = costs.get(kind.key), costs["couplet"]
            cells += [f"{cost.cpu:.2f}", cost.cpuSpread, f"{cost.cpu / ours.cpu:.2f}",
                      _behind(kind, ours.cpu / cost.cpu)] if cost else ["-"] * 4
        table.add(kind.title, *cells)
    return table


def _costs(found, present, each):
    """By the server's key; without those that failed."""
    costs = {kind.key: found.costs(kind.key, each, kind.exchange) for kind in present}
    return {key: cost for key, cost in costs.items() if cost}


def _behind(kind, share):
    """That Couplet is first, judged at each of the others."""
    if kind.required:
        return ""
    return f"< 1 {'holds' if share < 1 else 'FALLS SHORT'}"
