# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Our WebSocket client and the servers of others, each with and without compression.

    python3 websocket_servers_test.py build/release/bin build/release/tests/websocket_client
                                      [Node | Websockets]...

The servers have these places:

    /echo     sends every message back
    /pieces   sends "HERE IS MY POEM" in three frames; then as /echo
    /ping     pings with "are you there?" and, when that is answered, sends "answered" and what came
    /close    closes with 4001 and a reason
    /cut      ends the connection without closing
    /tell     as /echo; prints how it was closed

They speak the subprotocol "verse", and refuse other places and the origin http://example.com with
401.
"""

import sys
import unittest

import http_peers
import programs
from programs import Program

CLIENT = sys.argv.pop(2)
LARGEST = 16 * 1024 * 1024
POEM = "HERE IS MY POEM"


class Served:
    """Asks the server that `COMMAND` starts, once for all tests."""

    compression = True

    @classmethod
    def setUpClass(cls):
        mode = ["compress"] if cls.compression else []
        cls.server = cls.enterClassContext(Program(*cls.command(), *mode))
        cls.url = f"ws://127.0.0.1:{cls.server.port()}"

    def run_client(self, place, *words):
        return programs.run(CLIENT, "--compression", self.url + place, *words)

    def check(self, place, steps, *flags, subprotocol=""):
        """`steps` are what it is told, and what it says to each."""
        result = self.run_client(place, *flags, *steps)
        opened = f"open {subprotocol}{' compressed' if self.compression else ''}"
        self.assertEqual((result.stdout.decode().splitlines(), result.stderr, result.returncode),
                         ([opened, *steps.values()], b"", 0))

    def test_texts(self):
        self.check("/echo", {"text:": "same", f"text:{POEM}": "same", "unicode": "same",
                             f"blanks:{LARGEST}": "same", "text:über": "same"})

    def test_bytes(self):
        self.check("/echo", {"noise:0": "same", "noise:1": "same", "noise:125": "same",
                             "noise:65535": "same", f"noise:{LARGEST}": "same"})

    def test_a_message_that_is_sent_in_pieces(self):
        self.check("/echo", {"pieces:HERE ::IS MY :POEM": f"text {POEM}", "text:poem": "same"})

    def test_a_message_that_comes_in_pieces(self):
        self.check("/pieces", {"receive": f"text {POEM}", "text:poem": "same"})

    def test_pings_are_answered(self):
        self.check("/ping", {"receive": "text answered are you there?"})

    def test_pings_of_ours_are_answered(self):
        self.check("/echo", {"ping": "answered", "text:poem": "same"})

    def test_the_server_closes(self):
        self.check("/close", {"closed": "other side: 4001 enough, ✓ (clean)"})

    def test_the_server_cuts(self):
        result = self.run_client("/cut", "closed")
        self.assertIn(b"1006", result.stdout)
        self.assertIn(b"(not clean)", result.stdout)

    def test_we_close(self):
        for code, reason in ((1000, ""), (1001, "away"), (3000, "über"), (4999, "x" * 123)):
            self.check("/tell", {"text:poem": "same",
                                 f"close:{code}:{reason}": f"this side: {code} {reason} (clean)"})
            self.assertEqual(self.server.out.next(), f"closed {code} {reason}")

    def test_an_end_without_a_word_is_a_normal_one(self):
        self.check("/tell", {"text:poem": "same"})
        self.assertEqual(self.server.out.next(), "closed 1000 ")

    def test_subprotocols(self):
        self.check("/echo", {"text:poem": "same"}, '--subprotocols=["poem","verse"]',
                   subprotocol="verse")
        self.check("/echo", {"text:poem": "same"})

    def test_a_server_that_refuses(self):
        for place, *flags in (("/nowhere",), ("/echo", "--origin=http://example.com")):
            result = self.run_client(place, *flags)
            self.assertEqual((result.stdout, result.returncode), (b"", 172))
            self.assertRegex(result.stderr, rb"^websocket_client: .*401 \(Unauthorized\).*\n$")


class Node(Served, unittest.TestCase):
    NEEDS = ("node", "ws")

    @staticmethod
    def command():
        return http_peers.command_of("node", http_peers.HERE / "websocket_node_server.js")


class NodeUncompressed(Node):
    compression = False


class Websockets(Served, unittest.TestCase):
    NEEDS = ("websockets",)

    @staticmethod
    def command():
        return sys.executable, http_peers.HERE / "websocket_python_server.py"


class WebsocketsUncompressed(Websockets):
    compression = False


if __name__ == "__main__":
    http_peers.main()
