# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""An HTTP server on Twisted Web."""

from twisted.internet import epollreactor

epollreactor.install()

from twisted.internet import reactor  # noqa: E402
from twisted.web.resource import Resource  # noqa: E402
from twisted.web.server import Site  # noqa: E402

AN_HOUR = 3600


class Hello(Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"content-type", b"text/plain")
        return b"Hello, world!"


class SilentSite(Site):
    def log(self, request):
        """Keeps no log of what was asked."""


def serve(root):
    port = reactor.listenTCP(0, SilentSite(root, timeout=AN_HOUR), backlog=511,
                             interface="127.0.0.1")
    print(f"Serving HTTP on 127.0.0.1:{port.getHost().port}.", flush=True)
    reactor.run()


if __name__ == "__main__":
    serve(Hello())
