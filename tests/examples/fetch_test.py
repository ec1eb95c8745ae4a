# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""fetch: several bodies in order, where they go, and what it says to what it cannot do."""

import contextlib
import os
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import programs
from http_plays import answer, answer_now, path_of, receive_head, redirect_now
from programs import DEADLINE, PlayedServer, Program, command, refusing_port, run, run_in_shell

LONG = bytes(range(256)) * (1 << 12)  # 1 MiB: more than a client takes unread


def url_of(server, path="/"):
    return f"http://127.0.0.1:{server.port}{path}"


class Order(unittest.TestCase):
    """A server that is fast, behind one that is slow."""

    def setUp(self):
        self.enough = threading.Event()  # the slow one answers

    def play_slow(self, connection):
        receive_head(connection)
        if self.enough.wait(DEADLINE):
            answer_now(connection, b"200 OK", b"poem\n")

    def run_behind_slow(self, play, count=1, before=":"):
        with PlayedServer(self.play_slow) as slow, PlayedServer(play) as fast:
            return run_in_shell(before, "fetch", url_of(slow), *[url_of(fast)] * count)

    def test_what_comes_before_its_turn_is_kept(self):
        """Else the fast server could not send it all."""
        def play(connection):
            answer(connection, b"200 OK", LONG * 64)
            self.enough.set()

        result = self.run_behind_slow(play)
        self.assertTrue(result.stdout == b"poem\n" + LONG * 64)
        self.assertEqual((result.stderr, result.returncode), (b"", 0))

    def test_what_was_kept_goes_on_as_it_comes(self):
        printed = threading.Event()

        def play(connection):
            receive_head(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nverse\n")
            self.enough.set()
            if printed.wait(DEADLINE):
                connection.sendall(b"more")

        with PlayedServer(self.play_slow) as slow, PlayedServer(play) as fast:
            with Program("fetch", url_of(slow), url_of(fast)) as fetch:
                self.assertEqual([fetch.out.next(), fetch.out.next()], ["poem", "verse"])
                printed.set()
                self.assertEqual((fetch.out.rest(), fetch.wait()), (["more"], 0))

    def test_what_was_kept_of_a_body_that_is_cut_short_is_printed(self):
        def play(connection):
            receive_head(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nverse")
            connection.close()
            self.enough.set()

        result = self.run_behind_slow(play)
        self.assertEqual((result.stdout, result.returncode), (b"poem\nverse", 1))

    def test_a_disk_that_is_full(self):
        """What cannot be kept fails, and no other: a limit of the system plays the disk's part."""
        def play(connection):
            receive_head(connection)
            with contextlib.suppress(OSError):  # fetch gives it up
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + LONG)
                connection.recv(1)
            self.enough.set()

        result = self.run_behind_slow(play, before="trap '' XFSZ; ulimit -f 64")
        self.assertEqual(result.returncode, 1)
        self.assertTrue((b"poem\n" + LONG).startswith(result.stdout))
        self.assertRegex(result.stderr.decode(), r"\Afetch: http://127\.0\.0\.1:\d+/: What comes "
                         r"before its turn cannot be kept in a temporary file: File too large\.\n\Z")

    def test_many_that_are_kept(self):
        """A hundred at once, so that there are descriptors for all of them."""
        asked = []

        def play(connection):
            while head := receive_head(connection):
                answer_now(connection, b"200 OK", b"verse\n")
                asked.append(head)
                if len(asked) >= 99:
                    self.enough.set()

        result = self.run_behind_slow(play, count=300, before="ulimit -n 128")
        self.assertEqual((result.stderr, result.returncode), (b"", 0))
        self.assertEqual(result.stdout, b"poem\n" + b"verse\n" * 300)

    def test_a_redirection_waits_for_no_other(self):
        def play(connection):
            while head := receive_head(connection):
                if path_of(head) == "/old":
                    redirect_now(connection, "/new")
                else:
                    answer_now(connection, b"200 OK", LONG)

        with PlayedServer(play) as server:
            result = run("fetch", "--location", url_of(server, "/old"), *[url_of(server)] * 12)
        self.assertTrue(result.stdout == LONG * 13)
        self.assertEqual((result.stderr, result.returncode), (b"", 0))

    def test_a_request_that_is_sent_again_waits_for_no_other(self):
        """Of each connection the second request is lost, as of one that was idle for too long."""
        def play(connection):
            answer(connection, b"200 OK", LONG)
            receive_head(connection)

        with PlayedServer(play) as server:
            result = run("fetch", *[url_of(server)] * 20)
        self.assertTrue(result.stdout == LONG * 20)
        self.assertEqual((result.stderr, result.returncode), (b"", 0))

    def test_six_at_once_of_one_server(self):
        at_work = []
        most = []
        six = threading.Barrier(6)

        def play(connection):
            while receive_head(connection):
                at_work.append(connection)
                most.append(len(at_work))
                six.wait(DEADLINE)
                at_work.pop()
                six.wait(DEADLINE)
                answer_now(connection, b"200 OK", b"poem")

        with PlayedServer(play) as server:
            result = run("fetch", *[url_of(server)] * 24)
        self.assertEqual((result.stdout, result.stderr), (b"poem" * 24, b""))
        self.assertEqual(max(most), 6)

    def test_failures_among_them(self):
        with PlayedServer(lambda client: answer(client, b"200 OK", b"poem")) as server, \
                refusing_port() as port:
            result = run("fetch", "nonsense", url_of(server), f"http://127.0.0.1:{port}/",
                         *["nonsense"] * 200, url_of(server))
        self.assertEqual((result.stdout, result.returncode), (b"poempoem", 1))
        self.assertEqual(result.stderr.count(b"\n"), 202)


class Output(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(
            PlayedServer(lambda client: answer(client, b"200 OK", b"poem")))
        self.url = url_of(self.server)
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def check_fails(self, reason, *arguments, **options):
        result = subprocess.run(command("fetch", *arguments, self.url, self.url), timeout=DEADLINE,
                                stderr=subprocess.PIPE, check=False, **options)
        self.assertEqual((result.stderr.decode(), result.returncode),
                         (f"fetch: Cannot write {reason}.\n", 1))

    def test_a_file(self):
        path = self.folder / "poem"
        path.write_bytes(b"an older and longer poem")
        result = run("fetch", f"--output={path}", self.url, self.url)
        self.assertEqual((result.stdout, result.stderr, result.returncode), (b"", b"", 0))
        self.assertEqual(path.read_bytes(), b"poempoem")

    def test_a_file_is_made_for_an_empty_body(self):
        path = self.folder / "poem"
        self.assertEqual(run("fetch", "--method=HEAD", f"--output={path}", self.url).returncode, 0)
        self.assertEqual(path.read_bytes(), b"")

    def test_without_a_response_a_file_stays_as_it_is(self):
        path = self.folder / "poem"
        path.write_bytes(b"poem")
        with refusing_port() as port:
            for url in ("nonsense", f"http://127.0.0.1:{port}/"):
                self.assertEqual(run("fetch", f"--output={path}", url).returncode, 1)
        self.assertEqual(path.read_bytes(), b"poem")

    def test_an_empty_name_is_standard_output(self):
        self.assertEqual(run("fetch", "--output=", self.url).stdout, b"poem")

    def test_a_disk_that_is_full(self):
        with open("/dev/full", "wb") as full:
            self.check_fails("to standard output: No space left on device", stdout=full)
        self.check_fails("/dev/full: No space left on device", "--output=/dev/full")

    def test_a_pipe_that_is_closed(self):
        reads, writes = os.pipe()
        os.close(reads)
        with open(writes, "wb") as pipe:
            self.check_fails("to standard output: Broken pipe", stdout=pipe)

    def test_a_file_that_cannot_be_written(self):
        self.check_fails("/nonexistent/poem: No such file or directory",
                         "--output=/nonexistent/poem")
        self.check_fails(f"{self.folder}: Is a directory", f"--output={self.folder}")

    def test_standard_error_that_is_closed(self):
        """What is said there goes nowhere else."""
        path = self.folder / "poem"
        result = run_in_shell(":", "fetch", f"--output={path}", "nonsense", self.url, behind="2>&-")
        self.assertEqual((result.returncode, path.read_bytes()), (1, b"poem"))

    def test_standard_output_that_is_closed(self):
        result = run_in_shell(":", "fetch", self.url, behind=">&-")
        self.assertEqual((result.stderr, result.returncode),
                         (b"fetch: Cannot write to standard output: Bad file descriptor.\n", 1))

    def test_all_that_is_closed(self):
        path = self.folder / "poem"
        result = run_in_shell(":", "fetch", f"--output={path}", self.url, behind="<&- >&- 2>&-")
        self.assertEqual((result.returncode, path.read_bytes()), (0, b"poem"))


class Messages(unittest.TestCase):
    def check(self, message, *arguments, stdout=b""):
        """One line of standard error; the status is 1."""
        result = run("fetch", *arguments)
        self.assertEqual(result.stderr.decode(), f"fetch: {message}\n")
        self.assertEqual((result.stdout, result.returncode), (stdout, 1))

    def test_what_is_no_url(self):
        self.check("'': Refused as a URL: it has no scheme, like http://.", "")
        self.check("ftp://a/: Refused as a URL: its scheme is not http or https.", "ftp://a/")
        self.check("https is not supported: https://a/", "https://A/")

    def test_control_bytes_are_escaped(self):
        self.check(r"http://a/\x1b[31m\x0a: Refused as a URL: it has the byte 0x1B, which is "
                   "written %1B.", "http://a/\x1b[31m\n")

    def test_passwords_are_not_repeated(self):
        self.check("http://...@a/b@c: Refused as a URL: it names a user, who belongs into an "
                   "Authorization header.", "http://user:password@a/b@c")

    def test_a_url_is_named_once(self):
        with PlayedServer(receive_head) as server:
            url = url_of(server)
            self.check("Connection to the other side was lost: nothing came of the response from "
                       f"{url}.", url)

    def test_where_a_redirection_led(self):
        with refusing_port() as port:
            refused = f"http://127.0.0.1:{port}/"

            def play(connection):
                places = {"/refused": refused, "/ftp": "ftp://a/"}
                while head := receive_head(connection):
                    redirect_now(connection, places.get(path_of(head), "/loop"))

            with PlayedServer(play) as server:
                url = url_of(server)
                self.check(f"{url}refused: redirected to {refused}: Connection to 127.0.0.1:{port} "
                           "was refused", "--location", url + "refused")
                self.check(f"{url}ftp redirects to no http URL, ftp://a/: Refused as a URL: its "
                           "scheme is not http or https.", "--location", url + "ftp")
                self.check(f"{url}: {url}loop redirects once more, after 20 times", "--location",
                           url)

    def test_a_redirection_to_nowhere_is_a_response(self):
        for head in (b"", b"Location: \r\n"):
            def play(connection):
                receive_head(connection)
                answer_now(connection, b"302 Found", b"poem", head)

            with PlayedServer(play) as server:
                result = run("fetch", "--location", url_of(server))
            self.assertEqual((result.stdout, result.stderr, result.returncode), (b"poem", b"", 0))


class CommandLine(unittest.TestCase):
    URL = "http://127.0.0.1:1/"

    def check_refused(self, reason, *arguments):
        result = run("fetch", *arguments)
        self.assertEqual(result.stderr.decode(), f"fetch: {reason}\n")
        self.assertEqual((result.stdout, result.returncode), (b"", 2))

    def test_a_method_that_is_none(self):
        self.check_refused("--method needs the name of a method, not 'GE T'.", "--method=GE T",
                           self.URL)
        self.check_refused("--method=CONNECT is for proxies only.", "--method=CONNECT", self.URL)

    def test_a_header_that_is_none(self):
        self.check_refused("--header is not 'Name: value': 'poem'.", "--header=A: b",
                           "--header=poem", self.URL)
        self.check_refused('--header: header "A B": its name is no token.', "--header=A B: c",
                           self.URL)

    def test_headers_that_do_not_go_with_the_request(self):
        beginning = "--header does not go with the request: "
        self.check_refused(beginning + "a request has exactly one Host.", "--header=Host: a",
                           "--header=Host: b", self.URL)
        self.check_refused(beginning + "the Content-Length is no decimal number up to 2^63-1.",
                           "--header=Content-Length: abc", self.URL)
        self.check_refused(beginning + "the body is shorter than its Content-Length, by 2 bytes.",
                           "--header=Content-Length: 5", "--data=abc", self.URL)

    def test_a_flag_that_took_the_url_for_its_value(self):
        for flag in ("output", "data", "method", "header"):
            self.check_refused(f"No URL is given, unless the value of --{flag} is one.",
                               f"--{flag}", self.URL)

    def test_no_url(self):
        for arguments in ((), ("--",), ("--data=poem",)):
            result = run("fetch", *arguments)
            self.assertEqual((result.stdout, result.returncode), (b"", 2))
            self.assertTrue(result.stderr.startswith(b"Usage: fetch [FLAG]... URL..."))
            self.assertTrue(result.stderr.endswith(b"\nfetch: No URL is given.\n"))

    def test_of_a_flag_given_twice_the_last_value_counts(self):
        with PlayedServer(lambda client: answer(client, b"200 OK", b"poem")) as server:
            result = run("fetch", "--method=GE T", "--method=GET", url_of(server))
        self.assertEqual((result.stdout, result.returncode), (b"poem", 0))
        self.assertIn(b"given several times the last value counts", run("fetch", "--help").stdout)


if __name__ == "__main__":
    programs.main()
