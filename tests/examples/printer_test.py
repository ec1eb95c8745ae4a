# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""print_server: what it prints of several clients at once, and how it ends."""

import re
import signal
import socket
import subprocess
import unittest

import programs
from programs import DEADLINE, Program, connect, receive_all, run


class Printer(Program):
    """A print_server that has said where it listens."""

    def __init__(self):
        super().__init__("print_server", "--port=0")
        line = self.out.next()
        match = re.fullmatch(r"Listening on: \[::\]:(\d+)", line or "")
        if not match:
            raise AssertionError(f"no start-up line: {line!r}, on stderr {self.err.rest()!r}")
        self.number = int(match.group(1))

    def accepted(self):
        """The peer of the next connection, as the lines of its accept name it."""
        line = self.out.next()
        match = re.fullmatch("Connection from: (.*)", line)
        if not match:
            raise AssertionError(f"no line of an accept: {line!r}")
        assert self.out.next() == "Next connection..."
        return match.group(1)


class Netcat:
    """A client that sends what the test gives it."""

    def __init__(self, port, *options):
        self.process = subprocess.Popen(["nc", *options, "localhost", str(port)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(DEADLINE)
        self.process.stdin.close()
        self.process.stdout.close()

    def send(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()


@unittest.skipUnless(programs.has_ipv6(), "no IPv6 here")
class PrintServer(unittest.TestCase):
    def test_the_lines_of_one_client(self):
        with Printer() as server:
            with connect(server.number, "::1") as client:
                peer = f"[::1]:{client.getsockname()[1]}"
                client.sendall(b"HERE IS\nMY POEM\n")
                self.assertEqual([server.out.next() for _ in range(5)],
                                 [f"Connection from: {peer}", "Next connection...",
                                  f"Receiving from: {peer}", "HERE IS", "MY POEM"])
            self.assertEqual(server.out.next(), f"Connection closed: {peer}")

    def test_a_client_over_ipv4(self):
        with Printer() as server, connect(server.number, "127.0.0.1") as client:
            peer = f"127.0.0.1:{client.getsockname()[1]}"
            self.assertEqual(server.accepted(), peer)
            client.sendall(b"poem\n")
            self.assertEqual(server.out.next(), f"Receiving from: {peer}")
            self.assertEqual(server.out.next(), "poem")

    def test_the_next_connection_is_awaited_while_others_are_silent(self):
        with Printer() as server:
            with connect(server.number), connect(server.number):
                server.accepted()
                server.accepted()

    def test_four_netcats_at_once_appear_interleaved(self):
        with Printer() as server, Netcat(server.number) as a, Netcat(server.number) as b, \
                Netcat(server.number) as c, Netcat(server.number) as d:
            peers = {server.accepted() for _ in range(4)}
            seen = {}
            for _ in range(3):
                for letter, client in zip("abcd", (a, b, c, d)):
                    client.send(f"{letter}\n")
                    peer = server.out.next().removeprefix("Receiving from: ")
                    self.assertEqual(server.out.next(), letter)
                    self.assertEqual(seen.setdefault(letter, peer), peer)
            self.assertEqual(set(seen.values()), peers)

    def test_a_netcat_that_ends_its_input(self):
        with Printer() as server, Netcat(server.number, "-N") as client:
            peer = server.accepted()
            client.send("a\n")
            client.process.stdin.close()
            self.assertEqual([server.out.next() for _ in range(3)],
                             [f"Receiving from: {peer}", "a", f"Connection closed: {peer}"])
            self.assertEqual(client.process.wait(DEADLINE), 0)

    def test_bytes_are_printed_as_they_came(self):
        with Printer() as server:
            with connect(server.number) as client:
                peer = server.accepted()
                client.sendall(b"no newline")
            self.assertEqual([server.out.next() for _ in range(2)],
                             [f"Receiving from: {peer}", f"no newlineConnection closed: {peer}"])

    def test_a_flood_is_printed_whole(self):
        with Printer() as server:
            with connect(server.number) as client:
                server.accepted()
                client.sendall(b"x" * 2_000_000 + b"\n")
            text = "".join(line for line in iter(server.out.next, None)
                           if self.stop_at_close(server, line))
            self.assertEqual(text.count("x"), 2_000_000)

    @staticmethod
    def stop_at_close(server, line):
        if line.startswith("Connection closed"):
            server.process.send_signal(signal.SIGINT)
        return not line.startswith("Connection closed")

    def test_a_killed_client_is_gone_as_any_other(self):
        with Printer() as server, Netcat(server.number) as client:
            peer = server.accepted()
            client.process.kill()
            self.assertEqual(server.out.next(), f"Connection closed: {peer}")

    def test_a_reset_touches_no_other_client(self):
        with Printer() as server, connect(server.number) as other:
            server.accepted()
            with connect(server.number) as client:
                peer = server.accepted()
                programs.reset_on_close(client)
            self.assertEqual(server.out.next(), f"Connection closed: {peer}")
            other.sendall(b"still here\n")
            server.out.until("^still here$")
            self.assertEqual(server.stop(signal.SIGINT), 0)
            self.assertEqual(server.err.rest(), [])

    def test_ctrl_c_closes_every_connection_cleanly(self):
        with Printer() as server:
            clients = [connect(server.number) for _ in range(3)]
            peers = {server.accepted() for _ in clients}
            clients[0].sendall(b"before the end\n")
            server.out.until("^before the end$")
            server.process.send_signal(signal.SIGINT)
            for client in clients:
                with client:
                    self.assertEqual(receive_all(client), b"")  # the end of input, not a reset
            self.assertEqual(server.wait(), 0)
            self.assertEqual(set(server.out.rest()), {f"Connection closed: {p}" for p in peers})
            self.assertEqual(server.err.rest(), [])

    def test_ctrl_c_ends_netcats_with_success(self):
        with Printer() as server, Netcat(server.number) as client:
            server.accepted()
            server.process.send_signal(signal.SIGINT)
            self.assertEqual(server.wait(), 0)
            client.process.stdin.close()
            self.assertEqual(client.process.wait(DEADLINE), 0)

    def test_ctrl_c_without_clients(self):
        with Printer() as server:
            self.assertEqual(server.stop(signal.SIGINT), 0)
            self.assertEqual((server.out.rest(), server.err.rest()), ([], []))


class CommandLine(unittest.TestCase):
    def check_refused(self, *arguments, reason):
        result = run("print_server", *arguments)
        self.assertEqual(result.stderr.decode(), f"print_server: {reason}\n")
        self.assertEqual((result.stdout, result.returncode), (b"", 2))

    def test_wrong_arguments(self):
        self.check_refused("8888", reason="Bad arguments. There is no use for '8888'.")
        self.check_refused("--no-such-flag", reason="Unknown flag: --no-such-flag")
        self.check_refused("--port=x", reason="--port needs a whole number, not 'x'.")
        self.check_refused("--port=65536", reason="--port must be from 0 to 65535, not 65536.")
        self.check_refused("--port=-1", reason="--port must be from 0 to 65535, not -1.")

    @unittest.skipUnless(programs.has_ipv6(), "no IPv6 here")
    def test_a_port_that_is_taken(self):
        with socket.create_server(("::", 0), family=socket.AF_INET6) as taken:
            port = taken.getsockname()[1]
            result = run("print_server", f"--port={port}")
            self.assertEqual((result.stdout, result.returncode), (b"", 98))
            self.assertRegex(result.stderr.decode(), rf"\Aprint_server: .*{port}.*in use\.\n\Z")

    def test_help(self):
        result = run("print_server", "--help")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertIn(b"--port=8888", result.stdout)


if __name__ == "__main__":
    programs.main()
