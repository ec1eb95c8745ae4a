# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A client on Twisted, for Couplet's servers: prints what it gets, exactly.

    python3 twisted_client.py poem PORT                    the poem, to the end of the connection
    python3 twisted_client.py netstring PORT               the poem in a netstring
    python3 twisted_client.py transform PORT NAME <POEM    the poem transformed
    python3 twisted_client.py echo PORT STRING...          each string, as it comes back, on a line
"""

import sys

from twisted.internet import error
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.internet.task import react
from twisted.protocols.basic import NetstringReceiver


class PoemReader(Protocol):
    def __init__(self):
        self.poem, self.done = b"", Deferred()

    def dataReceived(self, data):
        self.poem += data

    def connectionLost(self, reason):
        self.done.callback(self.poem) if reason.check(error.ConnectionDone) else self.done.errback(reason)


class StringsReader(NetstringReceiver):
    """Sends strings; waits for as many in return, at least one."""

    def __init__(self, strings):
        self.strings, self.heard, self.done = strings, [], Deferred()

    def connectionMade(self):
        for string in self.strings:
            self.sendString(string)

    def stringReceived(self, string):
        self.heard.append(string)
        if len(self.heard) >= len(self.strings) and not self.done.called:
            self.done.callback(b"\n".join(self.heard))

    def connectionLost(self, reason):
        if not self.done.called:
            self.done.errback(reason)


def newProtocol(what, arguments):
    if what == "poem":
        return PoemReader()
    if what == "netstring":
        return StringsReader([])
    if what == "transform":
        return StringsReader([arguments[0].encode() + b"." + sys.stdin.buffer.read()])
    return StringsReader([argument.encode() for argument in arguments])


async def talk(reactor, what, port, *arguments):
    endpoint = TCP4ClientEndpoint(reactor, "127.0.0.1", int(port))
    protocol = await connectProtocol(endpoint, newProtocol(what, arguments))
    protocol.done.addTimeout(20, reactor)
    sys.stdout.buffer.write(await protocol.done)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    react(lambda reactor: Deferred.fromCoroutine(talk(reactor, *sys.argv[1:])))
