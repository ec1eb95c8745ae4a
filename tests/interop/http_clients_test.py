# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""http_echo and the web clients of others.

    python3 http_clients_test.py build/release/bin [Curl | Wget | Requests | Aiohttp | Httpx |
                                                    NodeClient | Pipelining | Load]
"""

import asyncio
import io
import json
import re
import tempfile
import unittest
from pathlib import Path

import http_peers
import programs
from programs import DEADLINE, Program

POEM = b"HERE IS MY POEM"
LARGEST = bytes(range(256)) * 4096  # what a site takes without being told otherwise: 1 MiB
TOO_LARGE = LARGEST * 5


class Client(unittest.TestCase):
    """A client of a server of its own."""

    NEEDS = ()

    def setUp(self):
        server = self.enterContext(Program("http_echo", "--port=0"))
        self.port = server.port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.addCleanup(lambda: self.assertEqual((server.stop(), server.err.rest()), (0, [])))

    def file(self, content):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        path = Path(folder) / "file"
        path.write_bytes(content)
        return path


class Curl(Client):
    NEEDS = ("curl",)

    def curl(self, *arguments, **options):
        return http_peers.run("curl", "-q", "--silent", "--show-error", "--max-time", DEADLINE,
                              *arguments, **options)

    def check(self, stdout, *arguments, **options):
        result = self.curl(*arguments, **options)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertTrue(result.stdout == stdout, result.stdout[-1000:])

    def told(self, what, *arguments):
        """What curl says of each transfer, in its words for --write-out."""
        result = self.curl("--output", "/dev/null", "--output", "/dev/null", "--write-out",
                           f"%{{{what}}}\\n", *arguments)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        return result.stdout.decode().split()

    def heard(self, *arguments):
        """The body, and the lines that curl -v tells."""
        result = self.curl("-v", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout, result.stderr.decode().splitlines()

    def test_get(self):
        self.check(b"OK", self.url)

    def test_get_over_ipv6(self):
        if not programs.has_ipv6():
            self.skipTest("no IPv6 here")
        with Program("http_echo", "--port=0", "--iface=::1") as server:
            self.check(b"OK", f"http://[::1]:{server.port()}/")

    def test_post(self):
        self.check(POEM, "--data-binary", POEM.decode(), self.url)

    def test_two_on_one_connection(self):
        self.assertEqual(self.told("num_connects", self.url, self.url), ["1", "0"])

    def test_two_on_one_connection_behind_posts(self):
        post = ["--data-binary", f"@{self.file(LARGEST)}"]
        self.assertEqual(self.told("num_connects", *post, self.url, self.url), ["1", "0"])

    def test_two_that_are_not_kept_alive(self):
        close = ["--header", "Connection: close"]
        self.assertEqual(self.told("num_connects", *close, self.url, self.url), ["1", "1"])

    def test_many_at_once(self):
        self.check(b"OK" * 100, "--no-progress-meter", "--parallel", *[self.url] * 100)

    def test_the_largest_body(self):
        self.check(LARGEST, "--data-binary", f"@{self.file(LARGEST)}", self.url)

    def test_chunks(self):
        _, told = self.heard("--header", "Transfer-Encoding: chunked", "--data-binary", "@-",
                             self.url + "echo", "--output", "/dev/null")
        self.assertIn("> Transfer-Encoding: chunked", told)
        self.check(LARGEST, "--header", "Transfer-Encoding: chunked", "--data-binary",
                   f"@{self.file(LARGEST)}", self.url)

    def test_a_put_of_a_stream(self):
        lines = self.curl("--upload-file", "-", self.url + "echo", input=POEM).stdout
        self.assertIn(b"\r\nTransfer-Encoding: chunked\r\n", lines)
        self.assertNotIn(b"Content-Length", lines)

    def test_a_body_that_is_too_large(self):
        file = self.file(TOO_LARGE)
        for flags in ([], ["--header", "Expect:"]):
            with self.subTest(flags):
                self.assertEqual(
                    self.told("http_code", *flags, "--data-binary", f"@{file}", self.url), ["413"])

    def test_chunks_that_are_too_large(self):
        chunked = ["--header", "Transfer-Encoding: chunked"]
        file = self.file(TOO_LARGE)
        for flags in ([], ["--header", "Expect:"]):
            with self.subTest(flags):
                self.assertEqual(self.told("http_code", *chunked, *flags, "--data-binary",
                                           f"@{file}", self.url), ["413"])

    def test_a_body_that_waits_for_100(self):
        body, told = self.heard("--header", "Expect: 100-continue", "--expect100-timeout",
                                10 * DEADLINE, "--data-binary", POEM.decode(), self.url)
        self.assertEqual(body, POEM)
        self.assertEqual([line for line in told if line.startswith("< HTTP/")],
                         ["< HTTP/1.1 100 Continue", "< HTTP/1.1 200 OK"])

    def test_a_body_that_is_too_large_is_not_sent_where_it_waits_for_100(self):
        uploaded = self.told("size_upload", "--header", "Expect: 100-continue",
                             "--expect100-timeout", 10 * DEADLINE, "--data-binary",
                             f"@{self.file(TOO_LARGE)}", self.url)
        self.assertEqual(uploaded, ["0"])

    def test_http_1_0(self):
        self.check(b"OK", "--http1.0", self.url)
        self.assertEqual(self.told("num_connects", "--http1.0", self.url, self.url), ["1", "1"])

    def test_http_1_0_that_is_kept_alive(self):
        keep = ["--http1.0", "--header", "Connection: keep-alive"]
        self.assertEqual(self.told("num_connects", *keep, self.url, self.url), ["1", "0"])

    def test_http_2_is_not_taken_up(self):
        body, told = self.heard("--http2", self.url)
        self.assertEqual(body, b"OK")
        self.assertIn("> Upgrade: h2c", told)
        self.assertIn("< HTTP/1.1 200 OK", told)

    def test_as_a_proxy(self):
        """It is asked with a whole URL, and takes it for one of its own."""
        self.check(b"OK", "--proxy", self.url, "http://example.com/poem")

    def test_as_a_tunnel(self):
        result = self.curl("--proxy", self.url, "--proxytunnel", "--write-out", "%{http_connect}",
                           "http://example.com/poem")
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stdout, b"501")

    def test_head(self):
        head = self.curl("--head", self.url).stdout.decode()
        self.assertRegex(head, r"\AHTTP/1\.1 200 OK\r\n(?s:.*)\r\n\r\n\Z")
        self.assertIn("\r\nContent-Length: 2\r\n", head)
        self.assertEqual(self.told("num_connects", "--head", self.url, self.url), ["1", "0"])

    def test_methods(self):
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
            with self.subTest(method):
                self.assertEqual(self.told("http_code", "--request", method, self.url), ["200"])

    def test_cookies(self):
        self.check(b"a=1\nb=2\n", "--cookie", "a=1; b=2", self.url + "cookie")

    def test_a_query_that_curl_encodes(self):
        self.assertEqual(self.told("http_code", "--get", "--data-urlencode", "poem=HERE & ü",
                                   self.url), ["200"])

    def test_a_head_that_is_too_large(self):
        header = ["--header", "X-Poem: " + "x" * 20000]
        self.assertEqual(self.told("http_code", *header, self.url), ["431"])


class Wget(Client):
    NEEDS = ("wget",)

    def wget(self, *arguments):
        result = http_peers.run("wget", "--no-config", "--tries=1", f"--timeout={DEADLINE}",
                                "--server-response", *arguments, env={"LC_ALL": "C"})
        return result.stdout, result.stderr.decode()

    def test_two_on_one_connection(self):
        body, told = self.wget("-O", "-", self.url, self.url)
        self.assertEqual(body, b"OKOK")
        self.assertEqual(told.count("HTTP/1.1 200 OK"), 2)
        self.assertIn("Reusing existing connection to 127.0.0.1", told)

    def test_post(self):
        body, _ = self.wget("-O", "-", f"--post-file={self.file(LARGEST)}", self.url)
        self.assertTrue(body == LARGEST)

    def test_head(self):
        _, told = self.wget("--spider", self.url)
        self.assertIn("Remote file exists.", told)

    def test_a_body_that_is_too_large(self):
        _, told = self.wget("-O", "-", f"--post-file={self.file(TOO_LARGE)}", self.url)
        self.assertIn("HTTP/1.1 413", told)


class Requests(Client):
    NEEDS = ("requests",)

    def setUp(self):
        import requests

        super().setUp()
        self.session = self.enterContext(requests.Session())

    def ask(self, method, body=None, **options):
        return self.session.request(method, self.url, data=body, timeout=DEADLINE, **options)

    def test_all_on_one_connection(self):
        self.assertEqual(self.ask("GET").text, "OK")
        self.assertEqual(self.ask("HEAD").headers["Content-Length"], "2")
        self.assertEqual(self.ask("POST", POEM).content, POEM)
        self.assertTrue(self.ask("POST", LARGEST).content == LARGEST)
        self.assertEqual(self.ask("POST", iter([b"HERE IS ", b"MY POEM"])).content, POEM)
        self.assertEqual(self.ask("GET").status_code, 200)
        pool = self.session.get_adapter(self.url).poolmanager.connection_from_url(self.url)
        self.assertEqual(pool.num_connections, 1)

    def test_a_form(self):
        self.assertEqual(self.ask("POST", {"poem": "ü &"}).text, "poem=%C3%BC+%26")

    def test_a_body_that_is_too_large(self):
        self.assertEqual(self.ask("POST", TOO_LARGE).status_code, 413)
        self.assertEqual(self.ask("GET").text, "OK")

    def test_cookies(self):
        self.url += "cookie"
        self.assertEqual(self.ask("GET", cookies={"a": "1"}).text, "a=1\n")


class Aiohttp(Client):
    NEEDS = ("aiohttp",)

    def run_in_session(self, coroutine):
        """Runs it with a session, and gives how many connections were made and used again."""
        import aiohttp

        counts = {"create_end": 0, "reuseconn": 0}
        trace = aiohttp.TraceConfig()
        for event in counts:
            async def count(*_, event=event):
                counts[event] += 1
            getattr(trace, f"on_connection_{event}").append(count)

        async def in_session():
            timeout = aiohttp.ClientTimeout(total=DEADLINE)
            async with aiohttp.ClientSession(trace_configs=[trace], timeout=timeout) as session:
                await coroutine(session)
        asyncio.run(in_session())
        return counts["create_end"], counts["reuseconn"]

    async def ask(self, session, method, body=None, **options):
        async with session.request(method, self.url, data=body, **options) as response:
            return response.status, await response.read()

    def test_all_on_one_connection(self):
        async def pieces():
            yield b"HERE IS "
            yield b"MY POEM"

        async def converse(session):
            self.assertEqual(await self.ask(session, "GET"), (200, b"OK"))
            self.assertEqual(await self.ask(session, "HEAD"), (200, b""))
            self.assertEqual(await self.ask(session, "POST", POEM), (200, POEM))
            self.assertEqual(await self.ask(session, "POST", pieces()), (200, POEM))
            self.assertEqual(await self.ask(session, "POST", POEM, expect100=True), (200, POEM))
            self.assertTrue(await self.ask(session, "POST", io.BytesIO(LARGEST)) ==
                            (200, LARGEST))

        self.assertEqual(self.run_in_session(converse), (1, 5))

    def test_many_at_once(self):
        async def converse(session):
            bodies = [b"poem %d" % i for i in range(200)]
            asked = [self.ask(session, "POST", body) for body in bodies]
            self.assertEqual(await asyncio.gather(*asked), [(200, body) for body in bodies])

        self.run_in_session(converse)

    def test_a_body_that_is_too_large(self):
        async def converse(session):
            status, _ = await self.ask(session, "POST", io.BytesIO(TOO_LARGE))
            self.assertEqual(status, 413)
            self.assertEqual(await self.ask(session, "GET"), (200, b"OK"))

        self.run_in_session(converse)


class Httpx(Client):
    NEEDS = ("httpx",)

    def setUp(self):
        import httpx

        super().setUp()
        self.client = self.enterContext(httpx.Client(timeout=DEADLINE, trust_env=False))

    def test_all_on_one_connection(self):
        answers = [self.client.get(self.url), self.client.head(self.url),
                   self.client.post(self.url, content=POEM),
                   self.client.post(self.url, content=iter([b"HERE IS ", b"MY POEM"])),
                   self.client.post(self.url, content=LARGEST)]
        self.assertEqual([answer.status_code for answer in answers], [200] * 5)
        self.assertTrue([answer.content for answer in answers] == [b"OK", b"", POEM, POEM, LARGEST])
        connections = {answer.extensions["network_stream"].get_extra_info("client_addr")
                       for answer in answers}
        self.assertEqual(len(connections), 1)

    def test_a_body_that_is_too_large(self):
        self.assertEqual(self.client.post(self.url, content=TOO_LARGE).status_code, 413)
        self.assertEqual(self.client.get(self.url).text, "OK")


class NodeClient(Client):
    NEEDS = ("node",)

    def test_what_fetch_is_told(self):
        result = http_peers.run("node", http_peers.HERE / "http_node_client.js", self.url)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        told = json.loads(result.stdout)
        self.assertIn("transfer-encoding: chunked", told.pop("streamHead")["body"].lower())
        self.assertEqual(told, {"get": {"status": 200, "body": "OK"},
                                "head": {"status": 200, "body": ""},
                                "post": {"status": 200, "body": POEM.decode()},
                                "stream": {"status": 200, "body": POEM.decode()},
                                "form": {"status": 200, "body": "poem=%C3%BCber"},
                                "many": [f"poem {i}" for i in range(50)],
                                "tooLarge": 413,
                                "reused": [False, True, True]})


class Pipelining(Client):
    """By hand: no client above does it."""

    def answers_to(self, *requests):
        """The bodies of the answers to requests that are sent at once."""
        with programs.connect(self.port) as connection:
            connection.sendall(b"".join(requests))
            came = programs.receive_all(connection)
        return [self.body(answer) for answer in re.split(rb"(?=HTTP/1\.1 )", came)[1:]]

    def body(self, answer):
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertIn(b"HTTP/1.1 200 OK\r\n", head)
        self.assertIn(b"\r\nContent-Length: %d" % len(body), head)
        return body

    @staticmethod
    def request(line, *headers, body=b""):
        return b"\r\n".join([line + b" HTTP/1.1", b"Host: a", *headers, b"", body])

    def test_many_in_order(self):
        requests = [self.request(b"GET /cookie", b"Cookie: n=%d" % i) for i in range(500)]
        last = self.request(b"GET /", b"Connection: close")
        self.assertEqual(self.answers_to(*requests, last),
                         [b"n=%d\n" % i for i in range(500)] + [b"OK"])

    def test_bodies_of_both_kinds(self):
        long = self.request(b"POST /", b"Content-Length: 15", body=POEM)
        chunks = self.request(b"POST /", b"Transfer-Encoding: chunked",
                              body=b"8\r\nHERE IS \r\n7\r\nMY POEM\r\n0\r\n\r\n")
        last = self.request(b"GET /", b"Connection: close")
        self.assertEqual(self.answers_to(*[long, chunks] * 50, last), [POEM, POEM] * 50 + [b"OK"])


class Load(Client):
    """ab and wrk: as many requests as go, and no error."""

    NEEDS = ("ab", "wrk")

    def ab(self, *arguments):
        result = http_peers.run("ab", "-q", "-n", 2000, "-c", 16, "-s", DEADLINE, *arguments,
                                self.url)
        told = result.stdout.decode()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(told, r"Complete requests: +2000\n")
        self.assertRegex(told, r"Failed requests: +0\n")
        self.assertNotIn("Write errors", told)
        self.assertNotIn("Non-2xx", told)
        return told

    def test_ab(self):
        self.assertNotIn("Keep-Alive requests", self.ab())

    def test_ab_that_keeps_alive(self):
        self.assertRegex(self.ab("-k"), r"Keep-Alive requests: +2000\n")

    def test_ab_that_posts(self):
        self.ab("-k", "-p", self.file(POEM * 100), "-T", "text/plain")

    def wrk(self, *arguments):
        result = http_peers.run("wrk", "--threads=1", "--connections=32", "--duration=1s",
                                f"--timeout={DEADLINE}s", *arguments, self.url)
        told = result.stdout.decode()
        self.assertEqual(result.returncode, 0, told)
        self.assertRegex(told, r"\n +[1-9][0-9]* requests in ")
        self.assertNotIn("Socket errors", told)
        self.assertNotIn("Non-2xx", told)

    def test_wrk(self):
        self.wrk()

    def test_wrk_that_pipelines(self):
        script = self.file(b"function init() requests = wrk.format():rep(16) end\n"
                           b"function request() return requests end\n")
        self.wrk("--script", script)


if __name__ == "__main__":
    http_peers.main()
