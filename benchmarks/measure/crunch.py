# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The API of crunch_server: by HTTP against its peers, and natively."""

import dataclasses
import socket

from measure import http, load, rates
from measure.rates import Alternation, Case
from measure.servers import Kind, compiled, freePort, script, twisted
from measure.service import Exchange, Service
from measure.table import Table, against, atLeast, moreThan
from measure.trouble import Trouble

HELLO_LIMIT = 1.6  # of our own hello's
TWISTED_LIMIT = 25
NATIVE_LIMIT = 3  # times the requests of HTTP

FAULT = (b'{"value":["crunch_api.DivideByZero",{"condition":"cannot divide by zero",'
         b'"explanation":"","error_code":0,"exit_code":172},[]]}')


def output(value):
    return f'{{"value":["crunch_api.Output",{{"value":{value}}},[]]}}'.encode()


class Multiply(http.Request):
    """Of a server that must be able to do the rest as well."""

    OTHERS = [http.Request("GET", "/Divide?y=2.25&x=1.5", answer=output(1.5 / 2.25)),
              http.Request("GET", "/Multiply?y=2.25&x=-15e-1", answer=output(-3.375)),
              http.Request("GET", "/Divide?x=1.5&y=0", answer=FAULT, status=422)]

    def __init__(self, fields=""):
        super().__init__("GET", "/Multiply?x=1.5&y=2.25", fields=fields, answer=output(3.375))

    def answerBytes(self, server):
        for other in self.OTHERS:
            other.answerBytes(server)
        return super().answerBytes(server)


class NativeMultiply(Exchange):
    """See docs/native-protocol.md. An id is used again when its request is answered."""

    FIRST_ID = 10  # all of them have two digits

    def __init__(self):
        self.greeting = _frame('{"hello":{"version":1,"frame_limit":1048576}}')

    def greetedBytes(self, _):
        return len(self.greeting)

    def messages(self, depth):
        return b"".join(
            _frame(f'{{"id":{self.FIRST_ID + i},"request":'
                   '["crunch_api.Multiply",{"x":1.5,"y":2.25}]}') for i in range(depth))

    def answerBytes(self, server):
        answer = _frame(f'{{"id":{self.FIRST_ID},"reply":["crunch_api.Output",{{"value":3.375}}]}}')
        expected = self.greeting + answer
        try:
            received = self._receive(server.port, len(expected))
        except OSError as error:
            raise Trouble(f"no answer: {error}") from None
        if received != expected:
            raise Trouble(f"the answer is {received!r}")
        return len(answer)

    def _receive(self, port, size):
        received = b""
        with socket.create_connection(("127.0.0.1", port), http.TIMEOUT) as connection:
            connection.sendall(self.greeting + self.messages(1))
            while len(received) < size:
                piece = connection.recv(1 << 16)
                if not piece:
                    break
                received += piece
        return received


def _frame(text):
    return f"{len(text)}:{text},".encode()


MULTIPLY = Multiply()
ASKING_TO_STAY = Multiply("Connection: keep-alive\r\n")
NATIVE = NativeMultiply()


def ours(options, key, title, program, exchange, port, *arguments):
    """One of examples/crunch, which is asked at `port`."""
    return Kind(key, title, compiled(options, program, *arguments), exchange, port=port,
                required=True, ours=True, countsHeap=True, countsInstructions=True)


def server(options):
    port = freePort()
    return ours(options, "couplet", "Couplet", "crunch_server", MULTIPLY, port, f"--port={port}")


def nativeServer(options):
    port = freePort()
    return ours(options, "native", "Couplet, native protocol", "crunch_server", NATIVE, port,
                "--port=0", f"--native_port={port}")


def kinds(options):
    def cpp(key, title, exchange=MULTIPLY, **traits):
        return Kind(key, title, compiled(options, f"{key}_crunch"), exchange, countsHeap=True,
                    countsInstructions=True, **traits)

    hello = dataclasses.replace(http.couplet(options), key="hello", title="Couplet's hello",
                                ours=False)
    return [
        hello,
        server(options),
        nativeServer(options),
        cpp("beast", "Boost.Beast, RapidJSON"),
        cpp("pistache", "Pistache, RapidJSON", ASKING_TO_STAY, pipelines=False),  # it stalls
        Kind("go", "Go", compiled(options, "go_crunch"), MULTIPLY),
        Kind("node", "Node", script("node", "node_crunch.js"), MULTIPLY),
        Kind("twisted", "Twisted Web, json", twisted("twisted_crunch.py"), MULTIPLY),
    ]


SERVICE = Service(name="Crunch", noun="request", idle="connection", kinds=kinds,
                  instructionLimits={}, callLimits={}, idleLimit=0)


def measure(options):
    present = SERVICE.present(options)
    hello, byHTTP, natively, *peers = present
    found = Alternation(options, present, [
        *(Case(kind.key, rates.ALONE, kind.exchange) for kind in present),
        *(Case(kind.key, rates.DEEP, kind.exchange) for kind in (byHTTP, natively))])
    tables = [_byHTTP(found, [hello, byHTTP, *peers]), _natively(found, byHTTP, natively)]
    tables[-1].note(
        f"{found.rounds} slices of {found.seconds(rates.ALONE)} s each, alternating; lower "
        f"quartiles. Server and client had {found.share:.0f} % of the core, other\nprograms the "
        "rest.")
    tables[-1].notes += found.missing
    for table in tables:
        table.print()


def _byHTTP(found, kinds):
    table = Table(f"Crunch: GET /Multiply?x=1.5&y=2.25, {load.CONNECTIONS} connections", "server",
                  "CPU us", "spread", "x hello", "limit", "x Couplet's", "limit")
    hello, ourCost = (found.costs(kind.key, rates.ALONE, kind.exchange).cpu for kind in kinds[:2])
    for kind in kinds:
        cost = found.costs(kind.key, rates.ALONE, kind.exchange)
        if not cost:
            table.add(kind.title, *["-"] * 6)
            continue
        table.add(kind.title, f"{cost.cpu:.2f}", cost.cpuSpread, f"{cost.cpu / hello:.2f}",
                  against(HELLO_LIMIT, cost.cpu / hello) if kind.ours else "",
                  f"{cost.cpu / ourCost:.2f}", _ahead(kind, cost.cpu / ourCost))
    table.note("CPU: of the server's threads, by the system's accounts, per request, one in flight "
               "on each connection.")
    return table


def _ahead(kind, times):
    """That Couplet takes least."""
    if kind.required:
        return ""
    if kind.key == "twisted":
        return atLeast(TWISTED_LIMIT, times)
    return moreThan(1, times)


def _natively(found, byHTTP, natively):
    table = Table(f"Crunch: natively, {load.CONNECTIONS} connections",
                  "protocol, in flight on each", "rate, x HTTP", "limit", "k/s", "spread",
                  "server's CPU us", "of HTTP's", "client's CPU us")
    base = found.costs(byHTTP.key, rates.ALONE, byHTTP.exchange)
    for kind, protocol in (byHTTP, "HTTP"), (natively, "native"):
        for each in (rates.ALONE, rates.DEEP):
            cost = found.costs(kind.key, each, kind.exchange)
            rate = base.core / cost.core
            limited = kind is natively and each is rates.DEEP
            table.add(f"{protocol}, {each.depth}", f"{rate:.2f}",
                      atLeast(NATIVE_LIMIT, rate) if limited else "", f"{1e3 / cost.core:.0f}",
                      cost.coreSpread, f"{cost.cpu:.2f}", f"{cost.cpu / base.cpu:.2f}",
                      f"{cost.core - cost.cpu:.2f}")
    table.note("Rate: requests per second of the core's time, server's and client's. HTTP, 1 is "
               "what a client has that does not pipeline.")
    return table
