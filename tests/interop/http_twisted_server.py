# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A server on Twisted Web for the tests of fetch: http_twisted_server.py FOLDER. See
http_servers.py."""

import os
import sys

from twisted.internet import reactor
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Site
from twisted.web.static import File, NoRangeStaticProducer


class Place(Resource):
    isLeaf = True

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def render(self, request):
        return self.answer(request)


def moved(request):
    request.redirect(b"/small.txt")
    return b"there"


def nothing(request):
    request.setResponseCode(204)
    return b""


def unmeasured(request):
    file = open(os.path.join(sys.argv[1], "large.bin"), "rb")
    NoRangeStaticProducer(request, file).start()
    return NOT_DONE_YET


def echo(request):
    return request.content.read()


def cut(request):
    request.setHeader(b"Content-Length", b"16")
    return cut_chunks(request)


def cut_chunks(request):
    request.write(b"HERE IS ")
    request.transport.loseConnection()
    return NOT_DONE_YET


def main():
    root = File(sys.argv[1])
    for place in (moved, nothing, unmeasured, echo, cut, cut_chunks):
        root.putChild(place.__name__.encode(), Place(place))
    port = reactor.listenTCP(0, Site(root), interface="127.0.0.1")
    print(f"Serving HTTP on 127.0.0.1:{port.getHost().port}.", flush=True)
    reactor.run()


main()
