# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""ws_echo and the WebSocket clients of others, each with and without compression.

    python3 websocket_clients_test.py build/release/bin [Websockets | Autobahn | Node | Chromium]...
"""

import asyncio
import contextlib
import functools
import http.server
import json
import random
import signal
import threading
import unittest

import chromium
import http_peers
import programs
from programs import DEADLINE, Program

POEM = "HERE IS MY POEM"
UNICODE = "".join(map(chr, [*range(0xd800), *range(0xe000, 0x110000)]))
LARGEST = 16 * 1024 * 1024  # what ws_echo takes without being told otherwise
NOISE = random.Random(1).randbytes(LARGEST)

GOING_AWAY = 1001
TOO_BIG = 1009


class Client(unittest.IsolatedAsyncioTestCase):
    """The conversations of a client in Python. `connect(url, compression=..., subprotocols=...,
    origin=...)` gives its socket, which has

        send(*pieces)         sends a message, in so many frames
        receive()             gives the next one; fails, or gives None, where there will be none
        ping(payload)         waits until it is answered
        close(code, reason)
        closed()              waits for the end, gives code and reason
        subprotocol, compressed
    """

    compression = False

    def setUp(self):
        asyncio.get_event_loop().set_debug(False)  # which would tell of what is slow

    def serve(self, *flags):
        """Sets `server` and `url`."""
        self.server = self.enterContext(Program("ws_echo", "--port=0", *flags))
        self.port = self.server.port()
        self.url = f"ws://127.0.0.1:{self.port}/a/path?b=c"

    async def open(self, *flags, **options):
        self.serve(*flags)
        return await self.connect(self.url, **{"compression": self.compression, **options})

    async def echo(self, socket, *pieces):
        await socket.send(*pieces)
        back = await asyncio.wait_for(socket.receive(), DEADLINE)
        self.assertTrue(back == pieces[0][:0].join(pieces), f"{back!r:.100}")

    async def leave(self, socket):
        await socket.close(1000, "")
        self.assertEqual(await socket.closed(), (1000, ""))

    async def test_texts(self):
        socket = await self.open()
        self.assertEqual(socket.compressed, self.compression)
        for text in ("", POEM, UNICODE, "x" * LARGEST):
            await self.echo(socket, text)
        await self.leave(socket)

    async def test_bytes(self):
        socket = await self.open()
        for message in (b"", bytes(range(256)), NOISE[:65536], NOISE, bytes(LARGEST)):
            await self.echo(socket, message)
        await self.leave(socket)

    async def test_a_message_in_pieces(self):
        socket = await self.open()
        await self.echo(socket, "HERE ", "", "IS MY ", "POEM")
        await self.echo(socket, *[NOISE[i:i + 65536] for i in range(0, LARGEST, 65536)])
        await self.leave(socket)

    async def test_pings(self):
        socket = await self.open()
        for payload in (b"", b"are you there?", bytes(range(125))):
            await asyncio.wait_for(socket.ping(payload), DEADLINE)
        await self.echo(socket, POEM)
        await self.leave(socket)

    async def test_many_at_once(self):
        self.serve()

        async def talk(i):
            socket = await self.connect(f"{self.url}{i}", compression=self.compression)
            for k in range(20):
                await self.echo(socket, f"poem {i}.{k} " * 20)
            await self.leave(socket)

        await asyncio.gather(*map(talk, range(50)))

    async def test_codes_and_reasons_come_back(self):
        self.serve()
        for code, reason in ((1000, ""), (3000, "über"), (4999, "x" * 123)):
            socket = await self.connect(self.url, compression=self.compression)
            await socket.close(code, reason)
            self.assertEqual((await socket.closed())[0], code)

    async def test_a_message_that_is_too_long(self):
        socket = await self.open("--max-message=1000")
        await self.echo(socket, NOISE[:1000])
        await socket.send(NOISE[:1001])
        self.assertEqual((await socket.closed())[0], TOO_BIG)

    async def test_a_server_that_ends(self):
        socket = await self.open()
        await self.echo(socket, POEM)
        self.server.process.send_signal(signal.SIGINT)
        self.assertEqual((await socket.closed())[0], GOING_AWAY)
        self.assertEqual((self.server.wait(), self.server.err.rest()), (0, []))

    async def test_subprotocols(self):
        self.serve("--subprotocol=poem,verse")
        for offered, agreed in {("verse", "poem"): "poem", ("song", "verse"): "verse",
                                ("song",): None, (): None}.items():
            socket = await self.connect(self.url, subprotocols=offered)
            self.assertEqual(socket.subprotocol, agreed)
            await self.leave(socket)

    async def test_a_server_that_does_not_compress(self):
        socket = await self.open("--nocompression", compression=True)
        self.assertFalse(socket.compressed)
        await self.echo(socket, "x" * LARGEST)
        await self.leave(socket)

    async def test_origins(self):
        socket = await self.open()
        await self.leave(socket)
        await self.leave(await self.connect(self.url, origin=f"http://127.0.0.1:{self.port}"))
        for origin in ("http://example.com", "http://127.0.0.1", "null"):
            with self.assertRaises(Refused) as raised:
                await self.connect(self.url, origin=origin)
            self.assertEqual(raised.exception.status, 403)


class Refused(Exception):
    def __init__(self, status):
        super().__init__(status)
        self.status = status


class WebsocketsSocket:
    def __init__(self, client):
        self.client = client
        self.subprotocol = client.subprotocol
        self.compressed = bool(client.extensions)
        self.receive = client.recv
        self.close = client.close

    async def send(self, *pieces):
        await self.client.send(pieces[0] if len(pieces) == 1 else pieces)

    async def ping(self, payload):
        await (await self.client.ping(payload))

    async def closed(self):
        await asyncio.wait_for(self.client.wait_closed(), DEADLINE)
        return self.client.close_code, self.client.close_reason


class Websockets(Client):
    NEEDS = ("websockets",)

    async def connect(self, url, *, compression=False, subprotocols=(), origin=None):
        import websockets

        try:
            return WebsocketsSocket(await websockets.connect(
                url, compression="deflate" if compression else None, origin=origin,
                subprotocols=subprotocols or None, max_size=None, open_timeout=DEADLINE,
                close_timeout=DEADLINE, ping_interval=None))
        except websockets.InvalidStatusCode as error:
            raise Refused(error.status_code) from None


class WebsocketsCompressed(Websockets):
    compression = True


@functools.cache
def autobahn_client():
    """The class, since autobahn may be missing."""
    from autobahn.asyncio.websocket import WebSocketClientProtocol

    class AutobahnSocket(WebSocketClientProtocol):
        """Frames of its own; its messages would be in one."""

        def __init__(self):
            super().__init__()
            self.came = asyncio.Queue()
            self.pongs = asyncio.Queue()
            self.opened = asyncio.get_running_loop().create_future()
            self.ended = asyncio.get_running_loop().create_future()

        def onConnect(self, response):
            self.subprotocol = response.protocol
            self.compressed = bool(response.extensions)

        def onOpen(self):
            self.opened.set_result(None)

        def onMessage(self, payload, isBinary):
            self.came.put_nowait(payload if isBinary else payload.decode())

        def onPong(self, payload):
            self.pongs.put_nowait(payload)

        def onClose(self, wasClean, code, reason):
            self.ended.set_result((code, reason or ""))
            self.came.put_nowait(None)
            if not self.opened.done():
                self.opened.set_exception(Refused(self.refused_with))

        refused_with = None

        def failHandshake(self, reason):
            self.refused_with = int(self.http_status_line.split()[1])
            super().failHandshake(reason)

        async def send(self, *pieces):
            isBinary = isinstance(pieces[0], bytes)
            encoded = [piece if isBinary else piece.encode() for piece in pieces]
            if len(pieces) == 1:
                return self.sendMessage(encoded[0], isBinary)
            self.beginMessage(isBinary)
            for piece in encoded:
                self.sendMessageFrame(piece)
            self.endMessage()

        def receive(self):
            return self.came.get()

        async def ping(self, payload):
            self.sendPing(payload)
            assert await self.pongs.get() == payload

        async def close(self, code, reason):
            self.sendClose(code, reason)

        async def closed(self):
            return await asyncio.wait_for(self.ended, DEADLINE)

    return AutobahnSocket


class Autobahn(Client):
    NEEDS = ("autobahn",)

    async def connect(self, url, *, compression=False, subprotocols=(), origin=None):
        from autobahn.asyncio.websocket import WebSocketClientFactory
        from autobahn.websocket.compress import (
            PerMessageDeflateOffer, PerMessageDeflateResponseAccept)

        factory = WebSocketClientFactory(url, origin=origin, protocols=list(subprotocols))
        factory.protocol = autobahn_client()
        factory.setProtocolOptions(closeHandshakeTimeout=DEADLINE, openHandshakeTimeout=DEADLINE)
        if compression:
            factory.setProtocolOptions(
                perMessageCompressionOffers=[PerMessageDeflateOffer()],
                perMessageCompressionAccept=PerMessageDeflateResponseAccept)
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(factory, "127.0.0.1", self.port)
        await asyncio.wait_for(socket.opened, DEADLINE)
        return socket


class AutobahnCompressed(Autobahn):
    compression = True


class Scripted:
    """The conversations of websocket_conversation.js. `tell(talk, url, ...)` has one, and gives
    what it told."""

    flags = ()
    extensions = "permessage-deflate"

    def serve(self, *flags):
        self.server = self.enterContext(Program("ws_echo", "--port=0", *self.flags, *flags))
        self.port = self.server.port()
        return f"ws://127.0.0.1:{self.port}/a/path"

    def test_echoes(self):
        told = self.tell("echoes", self.serve())
        self.assertEqual(told, {"echoes": [True] * 7, "extensions": self.extensions,
                                "end": {"code": 1000, "reason": "all of it, ✓",
                                        "wasClean": True}})

    def test_many_at_once(self):
        self.assertEqual(self.tell("manyAtOnce", self.serve()), [True] * 50)

    def test_codes_come_back(self):
        url = self.serve()
        for code, reason in ((1000, "über"), (3000, ""), (4999, "x" * 123)):
            told = self.tell("closes", url, code, reason)
            self.assertEqual((told["code"], told["wasClean"]), (code, True))

    def test_a_message_that_is_too_long(self):
        self.assertEqual(self.tell("tooLong", self.serve("--max-message=1000"), 1001), TOO_BIG)

    def test_subprotocols(self):
        url = self.serve("--subprotocol=poem,verse")
        self.assertEqual(self.tell("subprotocol", url, "verse", "poem"), "poem")
        self.assertEqual(self.tell("subprotocol", url), "")


class Node(Scripted, unittest.TestCase):
    NEEDS = ("node", "ws")
    compression = True

    def command(self, talk, *arguments, **headers):
        options = {"compression": self.compression, "headers": headers}
        return http_peers.command_of("node", http_peers.HERE / "websocket_node_client.js",
                                     json.dumps(options), talk, *arguments)

    def tell(self, *arguments, **headers):
        result = programs.run_command(self.command(*arguments, **headers))
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        return json.loads(result.stdout)

    def test_a_message_in_pieces_with_pings_between(self):
        self.assertEqual(self.tell("pieces", self.serve(), "HERE ", "", "IS MY ", "POEM"), POEM)

    def test_pings(self):
        self.assertEqual(self.tell("pings", self.serve(), "are you there?"), "are you there?")

    def test_a_server_that_ends(self):
        words = self.command("waits", self.serve())
        with Program(*words) as client:
            self.assertEqual(client.out.next(), "open")
            self.server.process.send_signal(signal.SIGINT)
            told = json.loads(client.out.next())
            self.assertEqual((told["code"], told["wasClean"]), (GOING_AWAY, True))
        self.assertEqual((self.server.wait(), self.server.err.rest()), (0, []))

    def test_origins(self):
        url = self.serve()
        own = f"http://127.0.0.1:{self.port}"
        self.assertEqual(self.tell("refused", url, Origin=own)["code"], 1005)
        self.assertEqual(self.tell("refused", url, Origin="http://example.com"), "no WebSocket")


class NodeUncompressed(Node):
    compression = False
    extensions = ""


@contextlib.contextmanager
def empty_page():
    """The URL of a page of another origin."""
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html><title>another origin</title>")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Chromium(Scripted, unittest.TestCase):
    NEEDS = chromium.NEEDS
    SCRIPT = (http_peers.HERE / "websocket_conversation.js").read_text()

    @classmethod
    def setUpClass(cls):
        cls.browser = chromium.Browser(cls.enterClassContext(chromium.driver()))
        cls.addClassCleanup(cls.browser.quit)

    def serve(self, *flags):
        """In a page of ws_echo's own origin: its answer to one who wants none."""
        url = super().serve(*flags)
        self.browser.open(f"http://127.0.0.1:{self.port}/")
        return url

    def tell(self, talk, *arguments):
        return self.browser.wait_for(
            f"{self.SCRIPT}; return talks.{talk}(...{json.dumps(arguments)});")

    def test_a_page_of_another_origin(self):
        url = self.serve()
        self.assertEqual(self.tell("refused", url)["code"], 1005)
        with empty_page() as page:
            self.browser.open(page)
            self.assertEqual(self.tell("refused", url), "no WebSocket")
            self.assertEqual(self.browser.call("GET", "/title"), "another origin")

    def test_a_server_that_ends(self):
        url = self.serve()
        self.browser.wait_for(f"{self.SCRIPT}; window.end = ended(await open('{url}'));")
        self.server.process.send_signal(signal.SIGINT)
        told = self.browser.wait_for("return window.end;")
        self.assertEqual((told["code"], told["wasClean"]), (GOING_AWAY, True))
        self.assertEqual((self.server.wait(), self.server.err.rest()), (0, []))


class ChromiumUncompressed(Chromium):
    flags = ("--nocompression",)
    extensions = ""


del Client  # has no peer of its own


if __name__ == "__main__":
    http_peers.main()
