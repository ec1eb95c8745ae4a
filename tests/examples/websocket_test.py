# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""ws_echo and ws_autobahn, as they are used and misused.

The fuzzing server here is written with Debian's python3-websockets. Without it those tests are
skipped, or fail where COUPLET_REQUIRE_PEERS=1 is set.
"""

import asyncio
import base64
import importlib.util
import os
import random
import select
import signal
import struct
import unittest
from urllib.parse import parse_qs, urlsplit

import programs
from http_plays import answer
from programs import (DEADLINE, PlayedServer, Program, connect, receive_all, refusing_port,
                      reset_on_close, run)

if os.environ.get("COUPLET_REQUIRE_PEERS") == "1" or importlib.util.find_spec("websockets"):
    import websockets
else:
    websockets = None

POEM = "HERE IS MY POEM"
LARGEST = 16 * 1024 * 1024
TEXT, CLOSE = 0x81, 0x88


def handshake(path="/", *fields):
    key = base64.b64encode(b"a key of 16 byte").decode()
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: a", "Upgrade: websocket",
                        "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                        f"Sec-WebSocket-Key: {key}", *fields, "", ""]).encode()


def frame(first, payload=b"", masked=0x80):
    """As a client sends it, with a mask of zeros; as a server does with `masked=0`."""
    size = len(payload)
    mask = bytes(4) if masked else b""
    if size < 126:
        return struct.pack("!BB", first, masked | size) + mask + payload
    if size < 65536:
        return struct.pack("!BBH", first, masked | 126, size) + mask + payload
    return struct.pack("!BBQ", first, masked | 127, size) + mask + payload


def sent_back(payload):
    return frame(TEXT, payload, masked=0)


class Echo(unittest.TestCase):
    def serve(self, *flags):
        self.server = self.enterContext(Program("ws_echo", "--port=0", *flags))
        self.port = self.server.port()

    def connect(self, *fields, path="/"):
        connection = self.enterContext(connect(self.port))
        connection.sendall(handshake(path, *fields))
        self.head = self.receive_until(connection, b"\r\n\r\n")
        return connection

    def receive_until(self, connection, end):
        data = b""
        while not data.endswith(end):
            piece = connection.recv(65536)
            self.assertTrue(piece, f"the end, behind {data[-1000:]!r}")
            data += piece
        return data

    def receive_exactly(self, connection, size):
        data = b""
        while len(data) < size:
            piece = connection.recv(size - len(data))
            self.assertTrue(piece, f"the end, {size - len(data)} bytes too early")
            data += piece
        return data

    def check_echo(self, connection, payload=b"poem"):
        connection.sendall(frame(TEXT, payload))
        self.assertEqual(self.receive_until(connection, payload), sent_back(payload))

    def test_on_every_path(self):
        self.serve()
        for path in ("/", "/a/b?c=d", "/%20"):
            self.check_echo(self.connect(path=path))
            self.assertRegex(self.head, rb"^HTTP/1\.1 101 ")

    def test_its_first_line(self):
        with Program("ws_echo", "--port=0") as server:
            self.assertRegex(server.out.next(), r"^Serving WebSockets on 127\.0\.0\.1:[1-9]\d*\.$")

    @unittest.skipUnless(programs.has_ipv6(), "no IPv6 here")
    def test_localhost_is_both_addresses(self):
        self.serve()
        with connect(self.port, "::1") as connection:
            connection.sendall(handshake())
            self.assertIn(b"101", self.receive_until(connection, b"\r\n\r\n"))

    def test_an_address(self):
        with Program("ws_echo", "--port=0", "--iface=127.0.0.9") as server:
            port = int(server.out.next().rstrip(".").rpartition(":")[2])
            with connect(port, "127.0.0.9") as connection:
                connection.sendall(handshake())
                self.check_echo_after_head(connection)

    def check_echo_after_head(self, connection):
        self.receive_until(connection, b"\r\n\r\n")
        self.check_echo(connection)

    def test_compression_is_agreed_to_when_asked(self):
        offer = "Sec-WebSocket-Extensions: permessage-deflate"
        self.serve()
        self.connect(offer)
        self.assertIn(b"\r\nSec-WebSocket-Extensions: permessage-deflate", self.head)
        self.connect()
        self.assertNotIn(b"Extensions", self.head)
        self.serve("--nocompression")
        self.check_echo(self.connect(offer))
        self.assertNotIn(b"Extensions", self.head)

    def test_a_subprotocol(self):
        self.serve("--subprotocol=poem")
        self.connect("Sec-WebSocket-Protocol: verse, poem")
        self.assertIn(b"\r\nSec-WebSocket-Protocol: poem\r\n", self.head)
        self.connect("Sec-WebSocket-Protocol: verse")
        self.assertNotIn(b"Sec-WebSocket-Protocol", self.head)

    def test_the_longest_message(self):
        self.serve("--max_message=10")
        connection = self.connect()
        self.check_echo(connection, b"x" * 10)
        connection.sendall(frame(TEXT, b"x" * 11))
        self.assertEqual(receive_all(connection)[2:4], struct.pack("!H", 1009))

    def test_a_web_browser(self):
        """One who asks for a page gets one, which says what is wrong."""
        self.serve()
        with connect(self.port) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            head, _, body = receive_all(connection).partition(b"\r\n\r\n")
        self.assertRegex(head, rb"^HTTP/1\.1 426 Upgrade Required\r\n")
        self.assertIn(b"\r\nUpgrade: websocket", head)
        self.assertIn(b"<h1>426 Upgrade Required</h1>", body)

    def test_another_method(self):
        self.serve()
        with connect(self.port) as connection:
            connection.sendall(handshake().replace(b"GET", b"POST"))
            self.assertRegex(self.receive_until(connection, b"\n"), rb"^HTTP/1\.1 4\d\d ")

    def test_what_is_no_http(self):
        self.serve()
        with connect(self.port) as connection:
            connection.sendall(b"4:poem,\r\n\r\n")
            self.assertRegex(receive_all(connection), rb"^HTTP/1\.1 400 ")
        self.check_echo(self.connect())

    def test_a_peer_that_is_killed_harms_nobody(self):
        self.serve()
        other = self.connect()
        for cut in (0, 1, 1000, 100000):
            with connect(self.port) as connection:
                connection.sendall(handshake() + frame(TEXT, b"x" * 100000)[:cut])
                reset_on_close(connection)
        self.check_echo(other)
        self.assertEqual((self.server.stop(), self.server.err.rest()), (0, []))

    def test_one_who_does_not_read_is_not_read_from(self):
        """Until he does."""
        self.serve()
        connection = self.connect()
        message = frame(TEXT, b"x" * (1 << 20))
        connection.setblocking(False)
        sent = 0
        while sent < 128 * len(message) and select.select([], [connection], [], 0.5)[1]:
            sent += connection.send(message[sent % len(message):])
        self.assertLess(sent, 128 * len(message))
        connection.settimeout(DEADLINE)
        whole = sent // len(message)
        answers = self.receive_exactly(connection, whole * (len(message) - 4))  # without masks
        self.assertTrue(answers == frame(TEXT, b"x" * (1 << 20), masked=0) * whole)

    def test_ctrl_c(self):
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            self.serve()
            connection = self.connect()
            self.check_echo(connection)
            self.server.process.send_signal(signal_number)
            self.assertEqual(receive_all(connection)[:4], b"\x88\x02" + struct.pack("!H", 1001))
            self.assertEqual((self.server.wait(), self.server.err.rest()), (0, []))

    def test_ctrl_c_without_a_client(self):
        self.serve()
        self.assertEqual((self.server.stop(signal.SIGINT), self.server.err.rest()), (0, []))

    def test_ctrl_c_and_the_closing_handshake(self):
        self.serve()
        connection = self.connect()
        self.server.process.send_signal(signal.SIGINT)
        self.assertEqual(connection.recv(4), b"\x88\x02" + struct.pack("!H", 1001))
        connection.sendall(frame(CLOSE, struct.pack("!H", 1001)))
        self.assertEqual(receive_all(connection), b"")
        self.assertEqual((self.server.wait(), self.server.err.rest()), (0, []))

    def test_a_port_that_is_taken(self):
        self.serve()
        result = run("ws_echo", f"--port={self.port}")
        self.assertEqual((result.stdout, result.returncode), (b"", 98))
        self.assertRegex(result.stderr, rb"^ws_echo: .*Address already in use.*\n$")

    def test_command_lines_that_cannot_be_obeyed(self):
        for arguments in (["--port=poem"], ["--port=65536"], ["--port=-1"], ["--port"],
                          ["--iface=poem"], ["--max-message=-1"], ["--max-message=poem"],
                          ["--compression=perhaps"], ["--subprotocol=a b"], ["--subprotocol=a,a"],
                          ["--poem"], ["poem"]):
            with self.subTest(arguments):
                result = run("ws_echo", *arguments)
                self.assertEqual((result.stdout, result.returncode), (b"", 2))
                self.assertRegex(result.stderr, rb"^ws_echo: .*\n$")

    def test_help(self):
        result = run("ws_echo", "--help")
        self.assertEqual((result.stderr, result.returncode), (b"", 0))
        for flag in (b"port", b"iface", b"compression", b"max_message", b"subprotocol"):
            self.assertIn(b"--" + flag, result.stdout)


class FuzzingServer:
    """The three places of the Autobahn suite's. A case is a coroutine that is given the
    WebSocket."""

    def __init__(self, *cases, count=None):
        self.cases = cases
        self.count = str(len(cases)) if count is None else count
        self.agents = []
        self.extensions = []
        self.targets = []
        self.ends = []

    async def __aenter__(self):
        self.server = await websockets.serve(self.serve, "127.0.0.1", 0, max_size=None,
                                             close_timeout=DEADLINE)
        self.port = self.server.sockets[0].getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()

    async def serve(self, socket, target):
        self.targets.append(target)
        self.extensions.append([extension.name for extension in socket.extensions])
        query = parse_qs(urlsplit(target).query)
        place = urlsplit(target).path.rpartition("/")[2]
        if place == "getCaseCount":
            return await socket.send(self.count)
        self.agents += query["agent"]
        if place == "runCase":
            await self.cases[int(query["case"][0]) - 1](socket)
            await socket.wait_closed()
            self.ends.append(socket.close_code)


async def ask_for_echo(socket, message):
    await socket.send(message)
    back = await socket.recv()
    expected = "".join(message) if isinstance(message, list) else message
    assert back == expected, f"{back!r:.100}"


async def case_of_texts(socket):
    for text in ("", POEM, "über ✓ \U0001f600", "x" * LARGEST):
        await ask_for_echo(socket, text)
    await socket.close(1000)


async def case_of_bytes(socket):
    for message in (b"", bytes(range(256)), random.Random(1).randbytes(LARGEST)):
        await ask_for_echo(socket, message)
    await socket.close(1000)


async def case_of_pieces_and_pings(socket):
    await ask_for_echo(socket, ["HERE ", "IS MY ", "POEM"])
    await (await socket.ping("are you there?"))
    await socket.close(3000, "enough")


async def case_of_what_is_no_frame(socket):
    socket.transport.write(b"\x83\x00")
    await socket.wait_closed()
    assert socket.close_code == 1002, socket.close_code


async def case_of_what_is_no_utf8(socket):
    socket.transport.write(b"\x81\x02\xc3\x28")
    await socket.wait_closed()
    assert socket.close_code == 1007, socket.close_code


async def case_that_is_cut(socket):
    await socket.send(POEM)
    socket.transport.abort()


@unittest.skipUnless(websockets, "python3-websockets is missing")
class Autobahn(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        asyncio.get_event_loop().set_debug(False)  # which would tell of what is slow

    async def run_suite(self, *words):
        return await asyncio.to_thread(run, "ws_autobahn", *words)

    async def check_suite(self, server, lines, *flags, url=""):
        result = await self.run_suite(url or server.url, *flags)
        self.assertEqual((result.stdout.decode().splitlines(), result.stderr, result.returncode),
                         (lines, b"", 0))

    async def test_it_sends_back_what_each_case_sends(self):
        async with FuzzingServer(case_of_texts, case_of_bytes, case_of_pieces_and_pings) as server:
            await self.check_suite(server, ["Case 1 of 3: 1000 (normal)",
                                            "Case 2 of 3: 1000 (normal)",
                                            "Case 3 of 3: 3000: enough"])
            self.assertEqual(server.ends, [1000, 1000, 3000])

    async def test_cases_that_it_ends(self):
        async with FuzzingServer(case_of_what_is_no_frame, case_of_what_is_no_utf8,
                                 case_that_is_cut, case_of_pieces_and_pings) as server:
            result = await self.run_suite(server.url)
        self.assertEqual((result.stderr, result.returncode), (b"", 0))
        self.assertEqual([line[:17] for line in result.stdout.decode().splitlines()],
                         ["Case 1 of 4: 1002", "Case 2 of 4: 1007", "Case 3 of 4: 1006",
                          "Case 4 of 4: 3000"])
        self.assertEqual(server.ends, [1002, 1007, 1006, 3000])

    async def test_what_it_asks_for(self):
        async with FuzzingServer(case_of_pieces_and_pings) as server:
            await self.check_suite(server, ["Case 1 of 1: 3000: enough"])
            self.assertEqual(server.targets, ["/getCaseCount", "/runCase?case=1&agent=Couplet",
                                              "/updateReports?agent=Couplet"])

    async def test_an_agent_of_ones_own(self):
        async with FuzzingServer(case_of_pieces_and_pings) as server:
            await self.check_suite(server, ["Case 1 of 1: 3000: enough"], "--agent=a b/ü&case=7")
            self.assertEqual(server.agents, ["a b/ü&case=7"] * 2)
            self.assertEqual(server.targets[1:],
                             ["/runCase?case=1&agent=a%20b%2F%C3%BC%26case%3D7",
                              "/updateReports?agent=a%20b%2F%C3%BC%26case%3D7"])

    async def test_a_url_with_a_path_or_a_slash(self):
        async with FuzzingServer() as server:
            await self.check_suite(server, [], url=server.url + "/")
            await self.check_suite(server, [], url=server.url + "/fuzzing/")
            self.assertEqual(server.targets, ["/getCaseCount", "/updateReports?agent=Couplet",
                                              "/fuzzing/getCaseCount",
                                              "/fuzzing/updateReports?agent=Couplet"])

    async def test_compression(self):
        async with FuzzingServer(case_of_texts) as server:
            await self.check_suite(server, ["Case 1 of 1: 1000 (normal)"])
            self.assertEqual(server.extensions, [["permessage-deflate"]] * 3)
            await self.check_suite(server, ["Case 1 of 1: 1000 (normal)"], "--nocompression")
            self.assertEqual(server.extensions[3:], [[]] * 3)

    async def check_fails(self, status, message, *words):
        result = await self.run_suite(*words)
        self.assertEqual((result.stdout, result.returncode), (b"", status))
        self.assertRegex(result.stderr.decode(), rf"^ws_autobahn: .*{message}.*\n$")

    async def test_a_server_that_is_not_there(self):
        with refusing_port() as port:
            await self.check_fails(111, "refused", f"ws://127.0.0.1:{port}")

    async def test_a_server_of_another_kind(self):
        with PlayedServer(lambda client: answer(client, b"404 Not Found", b"none")) as server:
            await self.check_fails(172, r"404 \(Not Found\)", f"ws://127.0.0.1:{server.port}")

    async def test_a_server_that_is_no_fuzzing_server(self):
        for count in (POEM, "", "-1", "1.5"):
            async with FuzzingServer(count=count) as server:
                await self.check_fails(1, f"'{count}', which is no number of cases", server.url)

    async def test_a_server_that_goes_away(self):
        async with FuzzingServer(case_that_is_cut, count="2") as server:
            async def leave(socket):
                server.server.close()

            server.cases = (leave, leave)
            result = await self.run_suite(server.url)
        self.assertEqual(result.returncode, 111)
        self.assertIn(b"refused", result.stderr)

    async def test_command_lines_that_cannot_be_obeyed(self):
        for words in ([], ["ws://a", "ws://b"], ["--agent"], ["--poem", "ws://a"],
                      ["--compression=perhaps", "ws://a"]):
            with self.subTest(words):
                await self.check_fails(2, "", *words)

    async def test_what_is_no_url_of_a_websocket(self):
        for url in ("nonsense", "http://127.0.0.1:1", "wss://127.0.0.1:1", "ws://", "ws://a b"):
            with self.subTest(url):
                await self.check_fails(172, "", url)

    async def test_ctrl_c(self):
        async def stay(socket):
            self.program.process.send_signal(signal.SIGINT)

        async with FuzzingServer(stay) as server:
            with Program("ws_autobahn", server.url) as self.program:
                status = await asyncio.to_thread(self.program.wait)
                self.assertEqual(self.program.err.rest(),
                                 ["ws_autobahn: aborted (user or software interrupt)"])
                self.assertNotEqual(status, 0)


if __name__ == "__main__":
    programs.main()
