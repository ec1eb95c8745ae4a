# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Servers on Twisted, for Couplet's clients: a poetry server and a transform server.

    python3 twisted_servers.py poetry FILE [PIECE_BYTES]    pieces of so many bytes, one each 10 ms
    python3 twisted_servers.py poetry_netstring FILE
    python3 twisted_servers.py transform

Each says where it listens as Couplet's servers do, and runs until it is told to stop.
"""

import sys

from twisted.internet import reactor
from twisted.internet.protocol import Protocol, ServerFactory
from twisted.internet.task import LoopingCall
from twisted.protocols.basic import NetstringReceiver


class PoetryProtocol(Protocol):
    def connectionMade(self):
        poem, size = self.factory.poem, self.factory.piece
        self.pieces = [poem[i:i + size] for i in range(0, len(poem), size)]
        self.loop = LoopingCall(self.sendPiece)
        self.loop.start(0.01)

    def sendPiece(self):
        if self.pieces:
            self.transport.write(self.pieces.pop(0))
        else:
            self.transport.loseConnection()

    def connectionLost(self, reason):
        if self.loop.running:
            self.loop.stop()


class NetstringPoetryProtocol(NetstringReceiver):
    def connectionMade(self):
        self.sendString(self.factory.poem)
        self.transport.loseConnection()


class TransformProtocol(NetstringReceiver):
    transforms = {b"cummingsify": str.lower, b"scream": str.upper}

    def stringReceived(self, request):
        name, _, poem = request.partition(b".")
        if name in self.transforms:
            self.sendString(self.transforms[name](poem.decode()).encode())
        self.transport.loseConnection()


def newFactory(kind, file=None, piece=0):
    protocols = {"poetry": PoetryProtocol, "poetry_netstring": NetstringPoetryProtocol,
                 "transform": TransformProtocol}
    factory = ServerFactory.forProtocol(protocols[kind])
    if file:
        with open(file, "rb") as poem:
            factory.poem = poem.read()
        factory.piece = int(piece) or max(1, len(factory.poem))
    return factory


def main():
    port = reactor.listenTCP(0, newFactory(*sys.argv[1:]), interface="127.0.0.1")
    print(f"Serving {sys.argv[1]} on 127.0.0.1:{port.getHost().port}.", flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
