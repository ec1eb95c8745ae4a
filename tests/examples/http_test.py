# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""http_echo and fetch: what they answer and print, and the wire cases of every kind.

The cases are data beside the checkout (../shared); where they are not, those tests are skipped, or
fail where COUPLET_REQUIRE_SHARED is set.
"""

import os
import subprocess
import sys
import threading
import unittest
from pathlib import Path

import programs
from http_plays import answer, answer_now, path_of, receive_head, redirect_now
from programs import (DEADLINE, PlayedServer, Program, command, connect, receive_all,
                      refusing_port, run)

SHARED = Path(__file__).resolve().parents[3] / "shared"


def wire_cases(script, *arguments):
    """Runs a script of the shared tools; its output where it found a failure."""
    path = SHARED / "tools" / script
    if not path.exists():
        if os.environ.get("COUPLET_REQUIRE_SHARED"):
            raise AssertionError(f"there is no {path}")
        raise unittest.SkipTest(f"there is no {path}")
    result = subprocess.run([sys.executable, path, *map(str, arguments)], capture_output=True,
                            text=True, timeout=10 * DEADLINE, check=False)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def answer_with_the_head(connection):
    answer_now(connection, b"200 OK", receive_head(connection))


def redirect_to_poem(connection):
    """/loop leads to itself, and / to /poem."""
    while head := receive_head(connection):
        if path_of(head) == "/poem":
            answer_now(connection, b"200 OK", b"poem")
        else:
            redirect_now(connection, "/loop" if path_of(head) == "/loop" else "/poem")


class Echo(unittest.TestCase):
    def test_what_it_sends_back(self):
        with Program("http_echo", "--port=0") as server:
            url = f"http://127.0.0.1:{server.port()}"
            self.assertEqual(run("fetch", url).stdout, b"OK")
            self.assertEqual(run("fetch", "--data=HERE IS MY POEM", url).stdout, b"HERE IS MY POEM")
            self.assertEqual(run("fetch", "--header=Cookie: a=1; b=2", url + "/cookie").stdout,
                             b"a=1\nb=2\n")
            self.assertIn(b"X-Poet: cummings\r\n",
                          run("fetch", "--header=X-Poet: cummings", url + "/echo").stdout)

    def test_a_client_by_hand(self):
        with Program("http_echo", "--port=0") as server, connect(server.port()) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                           b"4\r\npoem\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n"
                           b"Connection: close\r\n\r\n")
            answers = receive_all(client)
            self.assertEqual(answers.count(b"HTTP/1.1 200 OK\r\n"), 2)
            self.assertIn(b"\r\n\r\npoemHTTP/1.1", answers)
            self.assertTrue(answers.endswith(b"\r\n\r\nOK"))

    def check_cases(self, *options):
        with Program("http_echo", "--port=0") as server:
            self.assertEqual(wire_cases("http_cases.py", "127.0.0.1", server.port(), *options), "")

    def test_wire_cases(self):
        self.check_cases()

    def test_wire_cases_byte_by_byte(self):
        self.check_cases("--one-byte")

    def test_wire_cases_half_closed(self):
        self.check_cases("--half-close")


class Fetch(unittest.TestCase):
    def test_several_in_the_order_asked_for(self):
        with Program("http_echo", "--port=0") as server:
            url = f"http://127.0.0.1:{server.port()}"
            result = run("fetch", "--header=Cookie: a=1", url + "/cookie", url)
            self.assertEqual((result.stdout, result.returncode), (b"a=1\nOK", 0))

    def test_a_server_that_is_not_there(self):
        with refusing_port() as port:
            result = run("fetch", f"http://127.0.0.1:{port}/")
        self.assertEqual((result.stdout, result.returncode), (b"", 1))
        self.assertIn(b"refused", result.stderr)

    def test_what_is_no_url(self):
        for url in ("nonsense", "http://", "ftp://localhost/", "https://localhost/"):
            with self.subTest(url):
                result = run("fetch", url)
                self.assertEqual((result.stdout, result.returncode), (b"", 1))
                self.assertEqual(result.stderr.count(b"\n"), 1)

    def test_what_it_sends(self):
        with PlayedServer(answer_with_the_head) as server:
            url = f"http://127.0.0.1:{server.port}/poem?page=2"
            host = f"Host: 127.0.0.1:{server.port}\r\n"
            self.assertEqual(run("fetch", url).stdout.decode(),
                             f"GET /poem?page=2 HTTP/1.1\r\n{host}\r\n")
            self.assertEqual(run("fetch", "--method=DELETE", "--header=A: 1", "--header=B:2", url)
                             .stdout.decode(),
                             f"DELETE /poem?page=2 HTTP/1.1\r\nA: 1\r\nB: 2\r\n{host}\r\n")

    def test_header_fields_as_lines(self):
        with PlayedServer(answer_with_the_head) as server:
            result = run("fetch", "--header=A: 1\nB: 2", f"http://127.0.0.1:{server.port}/")
        self.assertIn(b"\r\nA: 1\r\nB: 2\r\n", result.stdout)

    def test_a_header_that_is_none(self):
        for header in ("nonsense", "A: 1\nnonsense", "A B: 1", "A: 1\r\nB: 2"):
            with self.subTest(header):
                result = run("fetch", "--header=" + header, "http://127.0.0.1:1/")
                self.assertEqual((result.stdout, result.returncode), (b"", 2))

    def test_redirections_are_followed_when_asked(self):
        with PlayedServer(redirect_to_poem) as server:
            url = f"http://127.0.0.1:{server.port}/"
            result = run("fetch", url)
            self.assertEqual((result.stdout, result.returncode), (b"elsewhere", 0))
            result = run("fetch", "--location", url)
            self.assertEqual((result.stdout, result.returncode), (b"poem", 0))
            result = run("fetch", "--location", url + "loop")
            self.assertEqual((result.stdout, result.returncode), (b"", 1))
            self.assertIn(b"after 20 times", result.stderr)

    def test_any_status_will_do(self):
        with PlayedServer(lambda client: answer(client, b"404 Not Found", b"none")) as server:
            result = run("fetch", f"http://127.0.0.1:{server.port}/")
        self.assertEqual((result.stdout, result.returncode), (b"none", 0))

    def test_a_body_that_is_cut_short(self):
        def play(connection):
            receive_head(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npoem")

        with PlayedServer(play) as server:
            result = run("fetch", f"http://127.0.0.1:{server.port}/")
        self.assertEqual((result.stdout, result.returncode), (b"poem", 1))
        self.assertEqual(result.stderr.count(b"\n"), 1)

    def test_a_body_is_printed_as_it_comes(self):
        printed = threading.Event()

        def play(connection):
            receive_head(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nverse\n")
            printed.wait(DEADLINE)
            connection.sendall(b"more")

        with PlayedServer(play) as server:
            with Program("fetch", f"http://127.0.0.1:{server.port}/") as fetch:
                self.assertEqual(fetch.out.next(), "verse")
                printed.set()
                self.assertEqual(fetch.out.rest(), ["more"])
                self.assertEqual(fetch.wait(), 0)

    def test_more_of_one_server_than_it_has_connections_for(self):
        with Program("http_echo", "--port=0") as server:
            result = run("fetch", *[f"http://127.0.0.1:{server.port()}/"] * 50)
        self.assertEqual((result.stdout, result.returncode), (b"OK" * 50, 0))

    def test_progress(self):
        with PlayedServer(lambda connection: answer(connection, b"200 OK", b"poem")) as server:
            url = f"http://127.0.0.1:{server.port}/"
            lines = run("fetch", "--progress", url).stderr.decode().splitlines()
        self.assertEqual(lines, [f"{url}: 200, 0 bytes so far", f"{url}: 200, 4 bytes"])

    def check_cases(self, *options):
        words = " ".join(command("fetch"))
        self.assertEqual(wire_cases("client_cases.py", "--cmd", words + " {url}",
                                    "--head", words + " --method=HEAD {url}", *options), "")

    def test_wire_cases(self):
        self.check_cases()

    def test_wire_cases_byte_by_byte(self):
        self.check_cases("--chunk", "1")


if __name__ == "__main__":
    programs.main()
