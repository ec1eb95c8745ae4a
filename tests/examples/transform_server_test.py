# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""transform_server on the wire, case by case, and transform_test."""

import signal
import socket
import unittest

import programs
from programs import PlayedServer, Program, connect, receive_all, run


def netstring(payload):
    if isinstance(payload, str):
        payload = payload.encode()
    return b"%d:%s," % (len(payload), payload)


class Wire(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Program("transform_server", "--port=0", "--delay=0.05")
        cls.addClassCleanup(cls.server.__exit__)
        cls.port = cls.server.port()

    def answer_to(self, *pieces):
        """What the server says before it closes by itself."""
        with connect(self.port) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                connection.sendall(piece)
            return receive_all(connection)

    def test_the_reference_cases(self):
        for request, answer in {
                b"27:cummingsify.HERE IS MY POEM,": b"15:here is my poem,",
                b"12:cummingsify.,": b"0:,",
                b"15:cummingsify.A.B,": b"3:a.b,",
                b"14:cummingsify. B,": b"2: b,",
                b"15:cummingsify.A\nB,": b"3:a\nb,",
        }.items():
            with self.subTest(request):
                self.assertEqual(self.answer_to(request), answer)

    def test_unicode(self):
        for poem, answer in {"É": "é", "CÉLÈBRE": "célèbre", "ΣΑΣ": "σασ", "ŒUVRE": "œuvre"}.items():
            with self.subTest(poem):
                self.assertEqual(self.answer_to(netstring("cummingsify." + poem)), netstring(answer))

    def test_every_transform(self):
        for name, answer in {"cummingsify": "a\nb\n", "scream": "A\nB\n", "reverse_lines": "b\nA\n",
                             "slow_cummingsify": "a\nb\n"}.items():
            with self.subTest(name):
                self.assertEqual(self.answer_to(netstring(f"{name}.A\nb\n")), netstring(answer))

    def test_a_letter_split_over_two_reads(self):
        with connect(self.port) as connection:
            connection.sendall(b"14:cummingsify.\xc3")
            self.settle()
            connection.sendall(b"\x89,")
            self.assertEqual(receive_all(connection), b"2:\xc3\xa9,")

    def settle(self):
        """Lets the server read what was sent: it answers another request in between."""
        self.assertEqual(self.answer_to(b"12:cummingsify.,"), b"0:,")

    def test_byte_by_byte(self):
        request = netstring("cummingsify.CÉL")
        with connect(self.port) as connection:
            for byte in request:
                connection.sendall(bytes([byte]))
                self.settle()
            self.assertEqual(receive_all(connection), netstring("cél"))

    def test_closes_without_a_byte_on_what_it_does_not_know(self):
        for request in ("nope.A", "foo.", "Cummingsify.", "__init__.", ".A", "no dot", "cummingsify", ""):
            with self.subTest(request):
                self.assertEqual(self.answer_to(netstring(request)), b"")

    def test_closes_without_a_byte_on_what_is_malformed(self):
        for request in (b"x", b"01:a,", b"-1:", b" 1:a,", b"1:a;", b"2:aaa,", b"100000:", b"100000",
                        b"9999999", b":", b",", b"\n", b"GET / HTTP/1.1\r\n\r\n"):
            with self.subTest(request):
                self.assertEqual(self.answer_to(request), b"")

    def test_an_incomplete_request_stays_open_until_its_end(self):
        with connect(self.port) as connection:
            connection.sendall(b"27:cummingsify.HERE IS")
            self.settle()
            connection.setblocking(False)
            with self.assertRaises(BlockingIOError):
                connection.recv(1)
            connection.settimeout(programs.DEADLINE)
            connection.sendall(b" MY POEM,")
            self.assertEqual(receive_all(connection), b"15:here is my poem,")

    def test_half_a_request_and_its_end(self):
        for request in (b"", b"27:cummingsify.HERE IS", b"2"):
            with self.subTest(request), connect(self.port) as connection:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                self.assertEqual(receive_all(connection), b"")

    def test_a_request_and_its_end_is_answered(self):
        with connect(self.port) as connection:
            connection.sendall(b"27:cummingsify.HERE IS MY POEM,")
            connection.shutdown(socket.SHUT_WR)
            self.assertEqual(receive_all(connection), b"15:here is my poem,")

    def test_invalid_utf8_closes_without_a_byte(self):
        for text in (b"\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"a\x80"):
            with self.subTest(text):
                self.assertEqual(self.answer_to(netstring(b"cummingsify." + text)), b"")

    def test_the_longest_request(self):
        poem = "X" * (99999 - len("cummingsify."))
        answer = self.answer_to(netstring("cummingsify." + poem))
        self.assertTrue(answer.startswith(b"99987:"))
        self.assertEqual(answer, netstring(poem.lower()))

    def test_an_answer_that_is_too_long_closes_without_a_byte(self):
        self.assertEqual(self.answer_to(netstring("scream." + "ɐ" * 49000)), b"")

    def test_one_reply_then_close(self):
        two = netstring("cummingsify.A") + netstring("cummingsify.B")
        self.assertEqual(self.answer_to(two), b"1:a,")
        slow = netstring("slow_cummingsify.A") + netstring("cummingsify.B")
        self.assertEqual(self.answer_to(slow), b"1:a,")

    def test_slow_ones_run_side_by_side(self):
        with connect(self.port) as first, connect(self.port) as second:
            first.sendall(netstring("slow_cummingsify.A"))
            second.sendall(netstring("slow_cummingsify.B"))
            self.assertEqual(receive_all(second), b"1:b,")
            self.assertEqual(receive_all(first), b"1:a,")


class Running(unittest.TestCase):
    def test_says_where(self):
        with Program("transform_server", "--port=0") as server:
            self.assertRegex(server.out.next(), r"^Serving transforms on 127\.0\.0\.1:[1-9]\d*\.$")

    def test_who_leaves_does_not_get_an_answer_worked_out(self):
        with Program("transform_server", "--port=0", "--delay=600") as server:
            port = server.port()

            def ask_another():
                with connect(port) as other:
                    other.sendall(netstring("cummingsify.B"))
                    self.assertEqual(receive_all(other), b"1:b,")

            before = programs.descriptors_of(server.process)
            for reset in (False, True):
                with connect(port) as leaver:
                    leaver.sendall(netstring("slow_cummingsify.A"))
                    ask_another()
                    if reset:
                        programs.reset_on_close(leaver)
                self.assertTrue(programs.eventually(
                    lambda: programs.descriptors_of(server.process) == before, ask_another))

    def test_signals_stop_it_cleanly_with_a_slow_transform_under_way(self):
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            with Program("transform_server", "--port=0", "--delay=600") as server:
                port = server.port()
                with connect(port) as client:
                    client.sendall(netstring("slow_cummingsify.A"))
                    self.assertEqual(server.stop(signal_number), 0)
                    self.assertEqual(receive_all(client), b"")
                self.assertEqual(server.err.rest(), [])

    def test_says_what_it_did_not_transform(self):
        with Program("transform_server", "--port=0") as server:
            with connect(server.port()) as client:
                me = "%s:%d" % client.getsockname()
                client.sendall(netstring(b"cummingsify.a\xff"))
                receive_all(client)
            self.assertIn(f"Nothing transformed for {me}: Not UTF-8 at byte 1.", server.err.next())


class TransformTest(unittest.TestCase):
    def test_prints_the_raw_netstring(self):
        with Program("transform_server", "--port=0") as server:
            result = run("transform_test", server.port())
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, b"15:here is my poem,\n", b""))

    def test_nobody_there(self):
        with programs.refusing_port() as port:
            result = run("transform_test", port)
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertEqual(result.stderr.decode(), "transform_test: Cannot connect to "
                         f"127.0.0.1:{port}: Connection refused.\n")

    def test_no_answer(self):
        with PlayedServer(lambda connection: connection.recv(100)) as server:
            result = run("transform_test", server.port)
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (1, b"", b"transform_test: The server closed without an answer.\n"))


if __name__ == "__main__":
    programs.main()
