# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""fetch and the web servers of others.

    python3 http_servers_test.py build/release/bin [Nginx | Apache | Node | HTTPServer | TwistedWeb]
"""

import http.client
import sys
import unittest

import http_peers
import http_servers
from http_servers import LARGE, MODIFIED_DATE, SMALL, scripted
from programs import run


class Served:
    """Asks the server that `serve` starts, once for all tests."""

    HOW_UNMEASURED = {"Transfer-Encoding": "chunked"}

    @classmethod
    def setUpClass(cls):
        kept = cls.enterClassContext(http_servers.files())
        cls.port = cls.enterClassContext(cls.serve(kept))

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def fetch(self, path, *flags):
        return run("fetch", *flags, self.url(path))

    def check(self, body, path, *flags):
        result = self.fetch(path, *flags)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertTrue(result.stdout == body, f"{len(result.stdout)} bytes of another kind")

    def check_status(self, status, path, *flags):
        """A complete response of this status, as --progress tells."""
        result = self.fetch(path, "--progress", *flags)
        told = result.stderr.decode().replace(self.url(path), "")
        self.assertRegex(told, rf"\b{status}\b")
        self.assertEqual(result.returncode, 0)
        return result.stdout

    def headers_of(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        self.addCleanup(connection.close)
        connection.request("GET", path)
        return connection.getresponse().headers

    def test_a_small_file(self):
        self.check(SMALL, "/small.txt")

    def test_an_empty_file(self):
        self.check(b"", "/empty.txt")

    def test_a_large_file(self):
        self.check(LARGE, "/large.bin")

    def test_several_at_once(self):
        result = run("fetch", *map(self.url, ["/small.txt", "/large.bin", "/empty.txt"] * 3))
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertTrue(result.stdout == (SMALL + LARGE) * 3)

    def test_head(self):
        for path in ("/small.txt", "/large.bin"):
            self.assertEqual(self.check_status(200, path, "--method=HEAD"), b"")

    def test_what_is_not_there(self):
        self.check_status(404, "/nowhere")

    def test_what_has_not_changed(self):
        body = self.check_status(304, "/small.txt", f"--header=If-Modified-Since: {MODIFIED_DATE}")
        self.assertEqual(body, b"")

    def test_no_content(self):
        self.assertEqual(self.check_status(204, "/nothing"), b"")

    def test_a_redirect(self):
        self.assertNotEqual(self.check_status(302, "/moved"), SMALL)

    def test_a_redirect_that_is_followed(self):
        self.check(SMALL, "/moved", "--location")

    def test_a_body_of_unknown_length(self):
        headers = self.headers_of("/unmeasured")
        self.assertNotIn("Content-Length", headers)
        self.assertLessEqual(self.HOW_UNMEASURED.items(), dict(headers).items())
        self.check(LARGE, "/unmeasured")

    def test_echo(self):
        poem = SMALL.decode() * 1000
        self.check(poem.encode(), "/echo", f"--data={poem}")

    def test_a_body_that_is_cut_short(self):
        self.check_cut("/cut")

    def check_cut(self, path):
        result = self.fetch(path)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, rb"^fetch: http://127\.0\.0\.1:.*\n$")


class Chunking:
    def test_chunks_that_are_cut_short(self):
        self.check_cut("/cut_chunks")


class Nginx(Served, Chunking, unittest.TestCase):
    NEEDS = ("nginx",)
    serve = staticmethod(http_servers.nginx)

    def test_our_server_behind_it(self):
        """nginx asks http_echo in HTTP/1.0."""
        self.check(b"OK", "/echo_of_http10")
        self.check(SMALL, "/echo_of_http10", f"--data={SMALL.decode()}")

    def test_our_server_behind_it_many_times(self):
        """... and in HTTP/1.1, on connections that it keeps."""
        result = run("fetch", "--data=OK", *[self.url("/echo")] * 50)
        self.assertEqual((result.returncode, result.stderr, result.stdout), (0, b"", b"OK" * 50))

    def test_a_body_that_is_refused_before_it_is_sent_whole(self):
        self.check_status(413, "/short_bodies", f"--data={'x' * 100000}")


class Apache(Served, Chunking, unittest.TestCase):
    NEEDS = ("apache2",)
    serve = staticmethod(http_servers.apache)


class Node(Served, Chunking, unittest.TestCase):
    NEEDS = ("node",)

    @staticmethod
    def serve(kept):
        return scripted(kept, http_peers.find("node"), "http_node_server.js")

    def test_hints_before_the_response(self):
        self.check(b"after two hints", "/hints")

    def test_trailers(self):
        self.check(SMALL, "/trailers")


class HTTPServer(Served, unittest.TestCase):
    NEEDS = ()
    HOW_UNMEASURED = {}

    @staticmethod
    def serve(kept):
        return scripted(kept, sys.executable, "http_python_server.py")


class TwistedWeb(Served, Chunking, unittest.TestCase):
    NEEDS = ("twisted",)

    @staticmethod
    def serve(kept):
        return scripted(kept, sys.executable, "http_twisted_server.py")


if __name__ == "__main__":
    http_peers.main()
