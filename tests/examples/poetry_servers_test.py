# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The four servers of poems: what is common to them, and what is not."""

import functools
import signal
import socket
import unittest

import programs
from programs import Program, connect, fetch, receive_all, run

TYGER, TYGER_BYTES = programs.poem("blake_the_tyger")
SAPPHO, SAPPHO_BYTES = programs.poem("sappho_midnight")
SERVERS = ("fast_poetry", "slow_poetry", "raw_poetry", "lowlevel_poetry")


def serve(name, *arguments):
    pace = ["--delay=0", "--num_bytes=65536"] if name == "slow_poetry" else []
    return Program(name, "--port=0", *pace, *arguments)


def on_every_server(test):
    """Runs the test method once for each server, with its name."""
    @functools.wraps(test)
    def on_every(self):
        for name in SERVERS:
            with self.subTest(name):
                test(self, name)
    return on_every


class EveryServer(unittest.TestCase):
    @on_every_server
    def test_says_what_it_serves_and_where(self, name):
        with serve(name, TYGER) as server:
            line = server.out.next()
            self.assertRegex(line, rf"^Serving {TYGER} on 127\.0\.0\.1:[1-9]\d*\.$")

    @on_every_server
    def test_sends_the_poem_to_everybody(self, name):
        with serve(name, TYGER) as server:
            port = server.port()
            for _ in range(5):
                self.assertEqual(fetch(port), TYGER_BYTES)

    @on_every_server
    def test_localhost_has_two_addresses(self, name):
        if not programs.has_ipv6():
            self.skipTest("no IPv6 here")
        with serve(name, SAPPHO) as server:
            self.assertEqual(fetch(server.port(), "::1"), SAPPHO_BYTES)

    @on_every_server
    def test_a_numeric_interface(self, name):
        with serve(name, "--iface=127.0.0.1", SAPPHO) as server:
            port = server.port()
            self.assertEqual(fetch(port), SAPPHO_BYTES)
            with self.assertRaises(OSError):
                fetch(port, "::1")

    @on_every_server
    def test_a_numeric_ipv6_interface(self, name):
        if not programs.has_ipv6():
            self.skipTest("no IPv6 here")
        with serve(name, "--iface=::1", SAPPHO) as server:
            self.assertEqual(fetch(server.port(), "::1"), SAPPHO_BYTES)

    @on_every_server
    def test_signals_stop_it_cleanly(self, name):
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            with serve(name, TYGER) as server:
                port = server.port()
                with connect(port):
                    self.assertEqual(server.stop(signal_number), 0)
                self.assertEqual(server.err.rest(), [])
                self.assertEqual(server.out.rest(), [])

    @on_every_server
    def test_netstrings(self, name):
        with serve(name, "--netstring", SAPPHO) as server:
            self.assertEqual(fetch(server.port()),
                             b"%d:%s," % (len(SAPPHO_BYTES), SAPPHO_BYTES))

    @on_every_server
    def test_serves_a_reader_that_takes_its_time(self, name):
        long_poem = b"0123456789abcdef" * (1 << 16)
        with programs.temporary_poem(long_poem) as path, serve(name, path) as server:
            port = server.port()
            with connect(port) as slow:
                self.assertEqual(fetch(port), long_poem)  # while the other does not read
                self.assertEqual(receive_all(slow), long_poem)

    @on_every_server
    def test_readers_that_leave_disturb_nobody(self, name):
        long_poem = b"0123456789abcdef" * (1 << 18)
        with programs.temporary_poem(long_poem) as path, serve(name, path) as server:
            port = server.port()
            for _ in range(10):
                with connect(port) as reader:
                    reader.recv(10)
                    programs.reset_on_close(reader)
            self.assertEqual(fetch(port), long_poem)
            self.assertEqual(server.stop(), 0)
            self.assertEqual(server.err.rest(), [])

    @on_every_server
    def test_an_empty_poem(self, name):
        with programs.temporary_poem(b"") as path, serve(name, path) as server:
            self.assertEqual(fetch(server.port()), b"")

    @on_every_server
    def test_an_address_in_use(self, name):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            result = run(name, f"--port={taken.getsockname()[1]}", TYGER)
        self.assertEqual(result.returncode, 98)
        self.assertRegex(result.stderr.decode(),
                         rf"\A{name}: Couldn't listen on 127\.0\.0\.1:\d+: "
                         r"Address already in use\.\n\Z")
        self.assertEqual(result.stdout, b"")

    @on_every_server
    def test_a_port_in_use_on_the_second_address(self, name):
        if not programs.has_ipv6():
            self.skipTest("no IPv6 here")
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
            result = run(name, f"--port={taken.getsockname()[1]}", TYGER)
        self.assertEqual(result.returncode, 98)


class SeveralPoems(unittest.TestCase):
    def test_each_on_a_port_of_its_own(self):
        for name in ("fast_poetry", "slow_poetry"):
            with self.subTest(name), serve(name, TYGER, SAPPHO) as server:
                first, second = server.port(), server.port()
                self.assertNotEqual(first, second)
                self.assertEqual(fetch(second), SAPPHO_BYTES)
                self.assertEqual(fetch(first), TYGER_BYTES)

    def test_successive_ports(self):
        # Some port whose next one is free as well; another program may take them meanwhile.
        for _ in range(20):
            with socket.create_server(("127.0.0.1", 0)) as probe:
                port = probe.getsockname()[1]
            if port == 65535:
                continue
            with Program("fast_poetry", f"--port={port}", TYGER, SAPPHO) as server:
                if server.out.next() is None:
                    continue
                self.assertEqual(server.port(), port + 1)
                self.assertEqual(fetch(port), TYGER_BYTES)
                self.assertEqual(fetch(port + 1), SAPPHO_BYTES)
                return
        self.fail("no two successive ports were free")

    def test_none_is_served_when_one_cannot_be(self):
        result = run("fast_poetry", "--port=0", TYGER, "no_such_poem.txt")
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (2, b"", b"fast_poetry: No such file: no_such_poem.txt\n"))

    def test_the_last_port_is_in_range_too(self):
        result = run("fast_poetry", "--port=65535", TYGER, SAPPHO)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stderr, b"fast_poetry: error: Ports must be from 0 to 65535, "
                                        b"but the last poem's would be 65536.\n")


class SlowPoetry(unittest.TestCase):
    def test_the_first_bytes_come_at_once(self):
        with Program("slow_poetry", "--port=0", "--num-bytes=7", "--delay=600", TYGER) as server:
            with connect(server.port()) as reader:
                self.assertEqual(reader.recv(100), TYGER_BYTES[:7])

    def test_tells_what_it_does(self):
        with Program("slow_poetry", "--port=0", "--num_bytes=150", "--delay=0", "--v=1",
                     "--logtostderr", SAPPHO) as server:
            with connect(server.port()) as reader:
                me = "%s:%d" % reader.getsockname()
                receive_all(reader)
            self.assertIn(f"Somebody at {me} wants poetry!", server.err.until("Somebody"))
            self.assertRegex(server.err.next(), r"Sending 150 bytes$")
            self.assertRegex(server.err.next(), rf"Sending {len(SAPPHO_BYTES) - 150} bytes$")

    def test_several_readers_at_once_of_whom_some_leave(self):
        with Program("slow_poetry", "--port=0", "--num_bytes=100", "--delay=0.05", "--v=1",
                     SAPPHO) as server:
            port = server.port()
            with connect(port) as stayer, connect(port) as resetter, connect(port) as second_stayer:
                with connect(port) as leaver:
                    leaver.recv(10)
                resetter.recv(10)
                programs.reset_on_close(resetter)
                resetter.close()
                self.assertEqual(receive_all(stayer), SAPPHO_BYTES)
                self.assertEqual(receive_all(second_stayer), SAPPHO_BYTES)
            self.assertEqual(server.stop(), 0)

    def test_who_leaves_is_sent_nothing_more(self):
        with Program("slow_poetry", "--port=0", "--num_bytes=1", "--delay=600", TYGER) as server:
            port = server.port()
            before = programs.descriptors_of(server.process)

            def visit():
                with connect(port) as reader:
                    self.assertEqual(reader.recv(10), TYGER_BYTES[:1])

            for _ in range(3):
                visit()
            # A timer that lived on would keep its connection for ten minutes.
            self.assertTrue(programs.eventually(
                lambda: programs.descriptors_of(server.process) <= before + 1, visit))

    def test_a_reader_that_is_killed(self):
        with Program("slow_poetry", "--port=0", "--delay=0.05", "--num_bytes=50", "--v=1",
                     SAPPHO) as server:
            port = server.port()
            with Program("get_poetry", "--progress", port) as reader:
                reader.err.until("got")
                reader.process.kill()
            self.assertEqual(fetch(port), SAPPHO_BYTES)
            self.assertEqual(server.stop(), 0)

    def test_stops_in_the_middle_of_a_poem(self):
        with Program("slow_poetry", "--port=0", "--delay=600", TYGER) as server:
            with connect(server.port()) as reader:
                self.assertEqual(reader.recv(10), TYGER_BYTES[:10])
                self.assertEqual(server.stop(), 0)
                self.assertEqual(receive_all(reader), b"")
            self.assertEqual(server.err.rest(), [])


class WithoutTransports(unittest.TestCase):
    def test_goes_on_when_descriptors_ran_out(self):
        long_poem = b"0123456789abcdef" * (1 << 18)
        for name in ("raw_poetry", "lowlevel_poetry"):
            with self.subTest(name), programs.temporary_poem(long_poem) as path, \
                    Program(name, "--port=0", "--iface=127.0.0.1", path) as server:
                port = server.port()
                with connect(port) as served:
                    served.recv(1)
                    with programs.without_descriptors(server.process):
                        waiting = connect(port)
                        # So long a poem takes many turns of the loop: it has tried to accept.
                        self.assertEqual(len(receive_all(served)), len(long_poem) - 1)
                with waiting:
                    self.assertEqual(receive_all(waiting), long_poem)


if __name__ == "__main__":
    programs.main()
