# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""poems: one service, asked by HTTP and by netstrings."""

import http.client
import signal
import socket
import unittest

import programs
from programs import Program, connect, receive_all, run

POEMS = ["HERE IS MY POEM", "", "A\nb\n", "ΣΑΣ CÉLÈBRE ŒUVRE", "a=1&b=%20+",
         "\0\r\n\r\nGET / HTTP/1.1\r\n\r\n"]
TRANSFORMS = ["cummingsify", "reverse_lines", "scream", "slow_cummingsify"]
NO_TRANSFORM = "There is no such transform. / tells which there are.\n"


class Poems(Program):
    """The program, with the ports that it announced."""

    def __init__(self, *arguments):
        super().__init__("poems", "--port=0", *arguments)
        self.http_line, self.netstring_line = self.out.next(), self.out.next()
        self.http, self.netstrings = (int(line.rstrip(".").rpartition(":")[2])
                                      for line in (self.http_line, self.netstring_line))

    def request(self, method, path, body=None):
        """Status, headers and text of the answer."""
        client = http.client.HTTPConnection("127.0.0.1", self.http, timeout=programs.DEADLINE)
        try:
            client.request(method, path, body)
            response = client.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            client.close()

    def by_http(self, name, poem):
        status, _, text = self.request("POST", f"/transform/{name}", poem)
        return (status, text)

    def by_netstrings(self, name, poem):
        with connect(self.netstrings) as client:
            client.sendall(netstring(f"{name}.".encode() + poem))
            return receive_all(client)


def netstring(payload):
    return b"%d:%s," % (len(payload), payload)


def head(name, length, *fields):
    """Of a POST with a body of that length."""
    lines = [f"POST /transform/{name} HTTP/1.1", "Host: a", f"Content-Length: {length}", *fields]
    return "\r\n".join([*lines, "", ""]).encode()


class Asked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Poems("--delay=0.05")
        cls.addClassCleanup(cls.server.__exit__)

    def test_a_poem(self):
        status, headers, text = self.server.request("POST", "/transform/cummingsify",
                                                    "HERE IS MY POEM")
        self.assertEqual((status, text), (200, "here is my poem"))
        self.assertEqual(headers["Content-Type"], "text/plain; charset=utf-8")

    def test_both_protocols_give_the_same(self):
        for name in TRANSFORMS:
            for poem in map(str.encode, POEMS):
                with self.subTest(name, poem=poem):
                    status, text = self.server.by_http(name, poem)
                    self.assertEqual(status, 200)
                    self.assertEqual(self.server.by_netstrings(name, poem),
                                     netstring(text.encode()))

    def test_the_first_page_names_what_there_is(self):
        status, headers, text = self.server.request("GET", "/")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; charset=utf-8"))
        for name in TRANSFORMS:
            self.assertIn(f"  /transform/{name}\n", text)

    def test_the_first_page_tells_how_to_ask(self):
        text = self.server.request("GET", "/")[2]
        self.assertIn(f"curl -d 'HERE IS MY POEM' "
                      f"http://127.0.0.1:{self.server.http}/transform/cummingsify\n", text)

    def test_only_post_transforms(self):
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            with self.subTest(method):
                status, headers, _ = self.server.request(method, "/transform/cummingsify")
                self.assertEqual((status, headers["Allow"]), (405, "POST, OPTIONS"))

    def test_only_get_reads_the_first_page(self):
        status, headers, _ = self.server.request("POST", "/", "HERE IS MY POEM")
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD, OPTIONS"))

    def test_an_unknown_transform(self):
        for name in ("nope", "Cummingsify", "__init__", "cummingsify%20", "%3Cscript%3E"):
            with self.subTest(name):
                self.assertEqual(self.server.by_http(name, b"A"), (404, NO_TRANSFORM))

    def test_an_unknown_path(self):
        for path in ("/transform", "/transform/", "/transform/scream/", "/transform/%2e%2e",
                     "/transform/a%2Fb", "/poems"):
            with self.subTest(path):
                status, _, text = self.server.request("POST", path, "A")
                self.assertEqual((status, text), (404, "Not Found\n"))

    def test_a_poem_that_is_not_utf8(self):
        for poem in (b"a\xff", b"a\xc3", b"a\xc0\x80", b"a\xed\xa0\x80"):
            for name in TRANSFORMS:
                with self.subTest(name, poem=poem):
                    self.assertEqual(self.server.by_http(name, poem),
                                     (400, "Not UTF-8 at byte 1.\n"))
                    self.assertEqual(self.server.by_netstrings(name, poem), b"")

    def test_the_longest_poem(self):
        poem = b"X" * (1 << 20)
        self.assertEqual(self.server.by_http("cummingsify", poem), (200, poem.decode().lower()))

    def test_a_poem_that_is_too_long(self):
        with connect(self.server.http) as client:
            client.sendall(head("cummingsify", (1 << 20) + 1))
            self.assertTrue(receive_all(client).startswith(b"HTTP/1.1 413 "))

    def test_a_poem_in_chunks_of_one_byte(self):
        poem = "CÉL".encode()
        status, text = self.server.by_http("cummingsify", (bytes([byte]) for byte in poem))
        self.assertEqual((status, text), (200, "cél"))

    def test_answers_come_in_the_order_of_the_questions(self):
        with connect(self.server.http) as client:
            client.sendall(head("slow_cummingsify", 1) + b"A" +
                           head("cummingsify", 1, "Connection: close") + b"B")
            answers = receive_all(client)
        self.assertEqual([part[-1:] for part in answers.split(b"HTTP/1.1 200 OK")[1:]],
                         [b"a", b"b"])

    def test_who_sends_no_more_gets_what_is_answered_at_once(self):
        for name, answered in {"cummingsify": True, "slow_cummingsify": False}.items():
            with self.subTest(name), connect(self.server.http) as client:
                client.sendall(head(name, 1) + b"A")
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(receive_all(client).endswith(b"\r\n\r\na"), answered)

    def test_netstrings_to_the_port_of_http_and_the_other_way_round(self):
        with connect(self.server.http) as client:
            client.sendall(b"27:cummingsify.HERE IS MY POEM,\r\n\r\n")
            self.assertTrue(receive_all(client).startswith(b"HTTP/1.1 400 "))
        with connect(self.server.netstrings) as client:
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            self.assertEqual(receive_all(client), b"")


class Running(unittest.TestCase):
    def test_says_where(self):
        with Poems() as server:
            self.assertRegex(server.http_line, r"^Serving HTTP on 127\.0\.0\.1:[1-9]\d*\.$")
            self.assertRegex(server.netstring_line,
                             r"^Serving netstrings on 127\.0\.0\.1:[1-9]\d*\.$")

    def test_who_leaves_does_not_get_an_answer_worked_out(self):
        with Poems("--delay=600") as server:
            before = programs.descriptors_of(server.process)
            for reset in (False, True):
                for port, request in ((server.http, head("slow_cummingsify", 1) + b"A"),
                                      (server.netstrings, netstring(b"slow_cummingsify.A"))):
                    with connect(port) as leaver:
                        leaver.sendall(request)
                        server.by_http("cummingsify", b"B")
                        if reset:
                            programs.reset_on_close(leaver)
            self.assertTrue(programs.eventually(
                lambda: programs.descriptors_of(server.process) == before,
                lambda: server.by_http("cummingsify", b"B")))
            self.assertEqual(server.stop(), 0)
            self.assertEqual(server.err.rest(), [])

    def refuses(self, port):
        try:
            connect(port).close()
        except ConnectionRefusedError:
            return True
        return False

    def test_a_signal_lets_it_finish_what_has_begun_and_begin_nothing(self):
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            with Poems("--drain=600") as server, connect(server.http) as client, \
                    connect(server.http) as idle:
                client.sendall(head("cummingsify", 2) + b"A")
                server.by_http("cummingsify", b"B")
                server.process.send_signal(signal_number)
                self.assertEqual(receive_all(idle), b"")
                self.assertTrue(self.refuses(server.http))
                self.assertTrue(self.refuses(server.netstrings))
                client.sendall(b"B")
                answer = receive_all(client)
                self.assertIn(b"\r\nConnection: close\r\n", answer)
                self.assertTrue(answer.endswith(b"\r\n\r\nab"))
                self.assertEqual(server.wait(), 0)
                self.assertEqual(server.err.rest(), [])

    def test_what_takes_too_long_after_a_signal_is_given_up(self):
        with Poems("--delay=600", "--drain=0") as server, connect(server.http) as client:
            client.sendall(head("slow_cummingsify", 1) + b"A")
            server.by_http("cummingsify", b"B")
            self.assertEqual(server.stop(), 0)
            with self.assertRaises(ConnectionResetError):
                receive_all(client)

    def test_a_second_signal_waits_for_nothing(self):
        with Poems("--delay=600", "--drain=600") as server, connect(server.http) as client, \
                connect(server.http) as idle:
            client.sendall(head("slow_cummingsify", 1) + b"A")
            server.by_http("cummingsify", b"B")
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(receive_all(idle), b"")
            self.assertEqual(server.stop(), 0)


class CommandLine(unittest.TestCase):
    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for ports in ((port, 0), (0, port)):
                with self.subTest(ports):
                    result = run("poems", f"--port={ports[0]}", f"--netstring-port={ports[1]}")
                    self.assertEqual((result.returncode, result.stdout), (98, b""))
                    self.assertRegex(result.stderr.decode(), rf"\Apoems: .*{port}.*in use\.\n\Z")

    def test_netstrings_are_on_the_next_port_unless_it_is_said_otherwise(self):
        for _ in range(100):  # the next one may be taken
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            with Program("poems", f"--port={port}", "--iface=127.0.0.1") as server:
                line = server.out.next()
                if line is None:
                    continue
                self.assertEqual(line, f"Serving HTTP on 127.0.0.1:{port}.")
                return self.assertEqual(server.port(), port + 1)
        return self.fail("no two ports beside each other are free")

    def test_what_cannot_be_obeyed(self):
        for flag, reason in {
                "--port=65536": "--port must be from 0 to 65535, not 65536.",
                "--port=65535": "--port=65535 has no port after it: --netstring-port is needed.",
                "--netstring-port=65536": "--netstring-port must be from 0 to 65535, not 65536.",
                "--netstring-port=-2": "--netstring-port must be from 0 to 65535, not -2.",
                "--netstring-port=x": "--netstring-port needs a whole number, not 'x'.",
                "--drain=-1": "--drain must be from 0 to 86400 seconds, not -1.",
                "--delay=-1": "--delay must be from 0 to 86400 seconds, not -1.",
        }.items():
            with self.subTest(flag):
                result = run("poems", "--port=0", flag)
                self.assertEqual((result.returncode, result.stdout), (2, b""))
                self.assertEqual(result.stderr.decode(), f"poems: {reason}\n")


if __name__ == "__main__":
    programs.main()
