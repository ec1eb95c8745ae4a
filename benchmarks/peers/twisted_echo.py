# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A netstring echo on Twisted."""

from twisted.internet import epollreactor

epollreactor.install()

from twisted.internet import reactor  # noqa: E402
from twisted.internet.protocol import Factory  # noqa: E402
from twisted.protocols.basic import NetstringReceiver  # noqa: E402


class NetstringEcho(NetstringReceiver):
    def connectionMade(self):
        self.transport.setTcpNoDelay(True)

    def stringReceived(self, payload):
        self.sendString(payload)


def main():
    port = reactor.listenTCP(0, Factory.forProtocol(NetstringEcho), backlog=511,
                             interface="127.0.0.1")
    print(f"Serving netstrings on 127.0.0.1:{port.getHost().port}.", flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
