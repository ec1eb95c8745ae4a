# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""get_poetry against servers that behave, and servers that do not."""

import signal
import socket
import subprocess
import threading
import unittest

import programs
from programs import PlayedServer, Program, run

TYGER, TYGER_BYTES = programs.poem("blake_the_tyger")
SAPPHO, SAPPHO_BYTES = programs.poem("sappho_midnight")
VERLAINE, VERLAINE_BYTES = programs.poem("verlaine_chanson_d_automne")


def read_request(connection):
    """Reads one netstring and returns its payload."""
    data = b""
    while b":" not in data:
        data += connection.recv(4096)
    length, rest = data.split(b":", 1)
    while len(rest) < int(length) + 1:
        rest += connection.recv(65536)
    return rest[:-1]


class GetPoetry(unittest.TestCase):
    def check(self, result, status, stdout, stderr):
        """`stderr` is a regular expression for all of it."""
        self.assertEqual(result.stdout, stdout)
        self.assertRegex(result.stderr.decode(), rf"\A{stderr}\Z")
        self.assertEqual(result.returncode, status)


class Fetching(GetPoetry):
    def test_prints_poems_exactly_in_the_order_asked(self):
        with Program("slow_poetry", "--port=0", "--delay=0.05", "--num-bytes=300", TYGER) as slow, \
                Program("fast_poetry", "--port=0", SAPPHO) as fast:
            ports = [slow.port(), fast.port()]
            self.check(run("get_poetry", *ports), 0, TYGER_BYTES + SAPPHO_BYTES, "")
            self.check(run("get_poetry", *reversed(ports)), 0, SAPPHO_BYTES + TYGER_BYTES, "")

    def test_fetches_all_at_once(self):
        everybody = threading.Barrier(3)

        def play(connection):
            everybody.wait(programs.DEADLINE)
            connection.sendall(b"a poem\n")

        with PlayedServer(play) as server:
            result = run("get_poetry", "--timeout=25", *[server.port] * 3)
        self.check(result, 0, b"a poem\n" * 3, "")

    def test_hosts_are_names_and_addresses_of_both_kinds(self):
        with Program("fast_poetry", "--port=0", SAPPHO) as server:
            port = server.port()
            hosts = ["localhost", "127.0.0.1", ""]
            if programs.has_ipv6():
                hosts.append("[::1]")
            result = run("get_poetry", *[f"{host}:{port}" for host in hosts])
            self.check(result, 0, SAPPHO_BYTES * len(hosts), "")

    def test_each_address_of_a_name_is_tried(self):
        with Program("fast_poetry", "--port=0", "--iface=127.0.0.1", SAPPHO) as server:
            self.check(run("get_poetry", f"localhost:{server.port()}"), 0, SAPPHO_BYTES, "")

    def test_progress_goes_to_standard_error(self):
        with Program("slow_poetry", "--port=0", "--delay=0.02", "--num_bytes=100", SAPPHO) as server:
            port = server.port()
            result = run("get_poetry", "--progress", port)
        self.assertEqual(result.stdout, SAPPHO_BYTES)
        lines = result.stderr.decode().splitlines()
        self.assertRegex(lines[0], rf"^Task 1: got \d+ bytes of poetry from 127\.0\.0\.1:{port}$")
        self.assertEqual(lines[-1], f"Task 1: {len(SAPPHO_BYTES)} bytes of poetry")

    def test_an_empty_poem_is_a_poem(self):
        with PlayedServer(lambda connection: None) as server:
            self.check(run("get_poetry", server.port), 0, b"", "")

    def test_bytes_of_every_kind(self):
        poem = bytes(range(256)) * 1000
        with PlayedServer(lambda connection: connection.sendall(poem)) as server:
            self.check(run("get_poetry", server.port), 0, poem, "")


class Failing(GetPoetry):
    def test_a_refused_connection(self):
        with programs.refusing_port() as port:
            self.check(run("get_poetry", port), 1, b"",
                       rf"Poem failed: 127\.0\.0\.1:{port}: .*refused.*\n")

    def test_the_other_poems_still_come(self):
        with programs.refusing_port() as port, Program("fast_poetry", "--port=0", SAPPHO) as server:
            good = server.port()
            self.check(run("get_poetry", good, port, good), 1, SAPPHO_BYTES * 2,
                       rf"Poem failed: 127\.0\.0\.1:{port}: .*refused.*\n")

    def test_a_host_that_does_not_exist(self):
        self.check(run("get_poetry", "--timeout=20", "nowhere.invalid:10000"), 1, b"",
                   r"Poem failed: nowhere\.invalid:10000: .+\n")

    def test_a_silent_server_times_out(self):
        with PlayedServer(lambda connection: connection.recv(1)) as server:
            self.check(run("get_poetry", "--timeout=0.2", server.port), 1, b"",
                       rf"Poem failed: 127\.0\.0\.1:{server.port}: "
                       r"The download timed out after 0\.2 s\n")

    def test_a_server_that_stops_in_the_middle_times_out_and_is_left(self):
        left = threading.Event()

        def play(connection):
            connection.sendall(b"half a po")
            connection.recv(1)
            left.set()

        with PlayedServer(play) as server:
            result = run("get_poetry", "--timeout=0.2", server.port)
            self.assertTrue(left.wait(programs.DEADLINE))
        self.check(result, 1, b"", r"Poem failed: .*timed out after 0\.2 s\n")

    def test_the_time_limit_covers_the_connect(self):
        # A full backlog: the system drops further requests to connect, which then hang.
        with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            for waiting in (first, second):
                waiting.setblocking(False)
                waiting.connect_ex(listener.getsockname())
            port = listener.getsockname()[1]
            self.check(run("get_poetry", "--timeout=0.3", port), 1, b"",
                       r"Poem failed: .*timed out after 0\.3 s\n")

    def test_a_reset_is_no_end_of_a_poem(self):
        def play(connection):
            connection.sendall(b"half a po")
            programs.reset_on_close(connection)

        with PlayedServer(play) as server:
            self.check(run("get_poetry", server.port), 1, b"", r"Poem failed: .*(lost|reset).*\n")

    def test_a_poem_without_end_is_given_up(self):
        def play(connection):
            while True:
                connection.sendall(b"x" * (1 << 20))

        with PlayedServer(play) as server:
            self.check(run("get_poetry", "--timeout=25", server.port), 1, b"",
                       r"Poem failed: .*longer than 67108864 bytes\n")

    def test_ctrl_c_ends_it_at_once(self):
        asked = threading.Event()

        def play(connection):
            asked.set()
            connection.recv(1)

        with PlayedServer(play) as server, \
                Program("get_poetry", "--timeout=600", server.port) as client:
            self.assertTrue(asked.wait(programs.DEADLINE))
            self.assertEqual(client.stop(signal.SIGINT), -signal.SIGINT)

    def test_a_full_disk_is_a_failure(self):
        with Program("fast_poetry", "--port=0", SAPPHO) as server, open("/dev/full", "wb") as full:
            result = subprocess.run(programs.command("get_poetry", server.port()), stdout=full,
                                    stderr=subprocess.PIPE, timeout=programs.DEADLINE, check=False)
        self.assertEqual(result.stderr, b"get_poetry: Cannot write to standard output.\n")
        self.assertEqual(result.returncode, 1)


class Netstrings(GetPoetry):
    def test_a_poem_with_its_length(self):
        for server_name in ("fast_poetry", "raw_poetry", "lowlevel_poetry"):
            with self.subTest(server_name), Program(server_name, "--port=0", "--netstring", TYGER) as server:
                self.check(run("get_poetry", "--netstring", server.port()), 0, TYGER_BYTES, "")

    def test_a_slow_poem_with_its_length(self):
        with Program("slow_poetry", "--port=0", "--netstring", "--delay=0", SAPPHO) as server:
            self.check(run("get_poetry", "--netstring", server.port()), 0, SAPPHO_BYTES, "")

    def test_a_poem_that_is_cut_off_is_an_error(self):
        with PlayedServer(lambda connection: connection.sendall(b"20:half a po")) as server:
            self.check(run("get_poetry", "--netstring", server.port), 1, b"",
                       r"Poem failed: 127\.0\.0\.1:\d+: .+\n")

    def test_a_server_that_says_nothing_is_an_error(self):
        with PlayedServer(lambda connection: None) as server:
            self.check(run("get_poetry", "--netstring", server.port), 1, b"",
                       r"Poem failed: .*closed without an answer\n")

    def test_a_server_without_netstrings_is_an_error(self):
        with Program("fast_poetry", "--port=0", TYGER) as server:
            self.check(run("get_poetry", "--netstring", server.port()), 1, b"", r"Poem failed: .+\n")

    def test_without_them_a_server_that_is_killed_leaves_a_short_poem(self):
        with Program("slow_poetry", "--port=0", "--delay=600", "--v=1", TYGER) as server, \
                Program("get_poetry", "--timeout=600", "--progress", server.port()) as client:
            client.err.until("got 10 bytes")
            server.process.kill()
            self.assertEqual(client.wait(), 0)
            self.assertEqual("\n".join(client.out.rest()), TYGER_BYTES[:10].decode().rstrip("\n"))

    def test_a_server_that_is_killed_in_the_middle(self):
        with Program("slow_poetry", "--port=0", "--netstring", "--delay=600", "--v=1", TYGER) as server, \
                Program("get_poetry", "--netstring", "--timeout=600", server.port()) as client:
            server.err.until("Sending 10 bytes")
            server.process.kill()
            self.assertRegex(client.err.next(), r"^Poem failed: ")
            self.assertEqual(client.wait(), 1)


class Transforming(GetPoetry):
    def test_transforms_every_poem(self):
        with Program("transform_server", "--port=0") as transforms, \
                Program("fast_poetry", "--port=0", VERLAINE, SAPPHO) as server:
            at, ports = transforms.port(), [server.port(), server.port()]
            self.check(run("get_poetry", f"--transform_server={at}", *ports), 0,
                       (VERLAINE_BYTES + SAPPHO_BYTES).decode().lower().encode(), "")
            self.check(run("get_poetry", f"--transform-server=localhost:{at}",
                           "--transform=scream", ports[0]), 0,
                       VERLAINE_BYTES.decode().upper().encode(), "")
            self.check(run("get_poetry", f"--transform-server={at}", "--transform=reverse_lines",
                           ports[1]), 0,
                       b"".join(reversed(SAPPHO_BYTES.splitlines(keepends=True))), "")

    def fetch_with(self, play, transform="cummingsify", poem=TYGER, *flags):
        """Fetches a poem with a transform server that plays a part."""
        with PlayedServer(play) as transforms, Program("fast_poetry", "--port=0", poem) as server:
            return run("get_poetry", f"--transform_server={transforms.port}",
                       f"--transform={transform}", *flags, server.port())

    def test_a_server_that_is_down_leaves_the_original(self):
        with programs.refusing_port() as port, Program("fast_poetry", "--port=0", TYGER) as server:
            result = run("get_poetry", f"--transform_server={port}", server.port())
        self.check(result, 0, TYGER_BYTES, r"Cummingsify failed! .*refused.*\n")

    def test_a_server_that_closes_without_a_byte_leaves_the_original(self):
        self.check(self.fetch_with(read_request), 0, TYGER_BYTES,
                   r"Cummingsify failed! The server closed without an answer\n")

    def test_a_server_that_dies_inside_its_reply_leaves_the_original(self):
        def play(connection):
            read_request(connection)
            connection.sendall(b"819:the tyg")

        self.check(self.fetch_with(play), 0, TYGER_BYTES, r"Cummingsify failed! .+\n")

    def test_a_server_that_resets_leaves_the_original(self):
        def play(connection):
            read_request(connection)
            connection.sendall(b"819:the tyg")
            programs.reset_on_close(connection)

        self.check(self.fetch_with(play), 0, TYGER_BYTES, r"Cummingsify failed! .+\n")

    def test_a_server_that_sends_garbage_leaves_the_original(self):
        def play(connection):
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            connection.recv(1)

        self.check(self.fetch_with(play), 0, TYGER_BYTES, r"Cummingsify failed! .*netstring.*\n")

    def test_a_server_that_never_answers_leaves_the_original(self):
        def play(connection):
            read_request(connection)
            connection.recv(1)

        self.check(self.fetch_with(play, "cummingsify", TYGER, "--timeout=0.3"), 0, TYGER_BYTES,
                   r"Cummingsify failed! The transform timed out after 0\.3 s\n")

    def test_a_poem_too_long_for_a_netstring_stays_the_original(self):
        long_poem = b"O" * (99999 - len("cummingsify.") + 1)
        with programs.temporary_poem(long_poem) as path:
            result = self.fetch_with(read_request, "cummingsify", path)
        self.check(result, 0, long_poem, r"Cummingsify failed! .*too long for a netstring\n")

    def test_the_longest_poem_that_fits_is_transformed(self):
        long_poem = b"O" * (99999 - len("cummingsify."))
        with programs.temporary_poem(long_poem) as path, \
                Program("fast_poetry", "--port=0", path) as server, \
                Program("transform_server", "--port=0") as transforms:
            result = run("get_poetry", f"--transform_server={transforms.port()}", server.port())
        self.check(result, 0, long_poem.lower(), "")

    def test_the_reason_names_the_transform(self):
        for transform, capitalised in (("scream", "Scream"), ("slow_cummingsify", "Slow_cummingsify")):
            self.check(self.fetch_with(read_request, transform), 0, TYGER_BYTES,
                       rf"{capitalised} failed! The server closed without an answer\n")

    def test_an_unknown_transform_leaves_the_original(self):
        with Program("transform_server", "--port=0") as transforms, \
                Program("fast_poetry", "--port=0", TYGER) as server:
            result = run("get_poetry", f"--transform_server={transforms.port()}",
                         "--transform=nope", server.port())
        self.check(result, 0, TYGER_BYTES, r"Nope failed! The server closed without an answer\n")

    def test_sends_the_name_a_dot_and_the_poem_and_takes_what_comes(self):
        heard = []

        def play(connection):
            heard.append(read_request(connection))
            connection.sendall(b"4:pom\n,ignored")

        self.check(self.fetch_with(play, "anything"), 0, b"pom\n", "")
        self.assertEqual(heard, [b"anything." + TYGER_BYTES])

    def test_a_poem_that_fails_is_not_transformed(self):
        asked = []
        with programs.refusing_port() as port, PlayedServer(asked.append) as transforms:
            result = run("get_poetry", f"--transform_server={transforms.port}", port)
        self.check(result, 1, b"", r"Poem failed: .*refused.*\n")
        self.assertEqual(asked, [])


if __name__ == "__main__":
    programs.main()
