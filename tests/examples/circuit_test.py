# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""circuit: what clock, I/O pin and buzzer print, and how each of them survives the others."""

import contextlib
import re
import signal
import socket
import unittest
import urllib.error
import urllib.request

import programs
from programs import Program, run

MESH = [f"[ mesh ] registering new node: {name}" for name in ("iopin", "buzzer")]
PIN_OF_ONES = ("--chance=0", "--sequence=2")


class Node(Program):
    """A node that has said where it serves: at `number`."""

    def __init__(self, sketch, *arguments, port=0):
        super().__init__("circuit", sketch, f"--port={port}", *arguments)
        self.start_up = [self.out.next() for _ in range(3)]
        match = re.fullmatch(r"\[ (\w+) \] serving on localhost:(\d+)", self.start_up[2] or "")
        if not match:
            raise AssertionError(f"no start-up line: {self.start_up}, on stderr {self.err.rest()}")
        self.title, self.number = match.group(1), int(match.group(2))

    def next(self, count):
        """The next lines, each without `[ title ] `."""
        return [self.out.next().removeprefix(f"[ {self.title} ] ") for _ in range(count)]


def new_pin(buzzer_port, *arguments, port=0):
    return Node("iopin", f"--buzzer=localhost:{buzzer_port}", *PIN_OF_ONES, *arguments, port=port)


def clock(port, tacks=1, delay=0, **options):
    return run("circuit", "clock", f"--port={port}", f"--tacks={tacks}", f"--delay={delay}", **options)


def clock_lines(tacks):
    return "".join(f"[ clock ] > {i}\n[ clock ] < acknowledged\n" for i in range(tacks)).encode()


def get(port, path):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://127.0.0.1:{port}{path}", timeout=programs.DEADLINE) as response:
        return response.headers, response.read()


class Circuit(unittest.TestCase):
    def setUp(self):
        self.buzzer = self.enterContext(Node("buzzer"))
        self.pin = self.enterContext(new_pin(self.buzzer.number))

    # Circuit 2, 6: Nodes register the mesh's and say where they serve.
    def test_the_start_up_lines(self):
        self.assertEqual(self.pin.start_up, MESH + [f"[ IOPin ] serving on localhost:{self.pin.number}"])
        self.assertEqual(self.buzzer.start_up,
                         MESH + [f"[ Buzzer ] serving on localhost:{self.buzzer.number}"])

    # Circuit 1: The clock prints each tick and its acknowledgement.
    def test_the_clock(self):
        done = clock(self.pin.number, tacks=3, delay=0.01)
        self.assertEqual((done.stdout, done.stderr, done.returncode), (clock_lines(3), b"", 0))

    # Circuit 2-5: What a pin and a buzzer print.
    def test_the_pin_and_the_buzzer(self):
        clock(self.pin.number)
        self.assertEqual(self.pin.next(9), [
            "** new client connected, path=/datafeed", "new tick triggered on /datafeed: 0",
            "toggling pin state: [1, 1]", "starting to stream message to buzzer",
            "> sending payload: 1", "< buzz buzz buzz", "> sending payload: 1", "< buzz buzz buzz",
            "done processing messages: the other side closed the WebSocket: 1000 (normal)"])
        self.assertEqual(self.buzzer.next(3), ["** new client connected, path=/datafeed"]
                         + ["signal 1 received -> buzz buzz buzz"] * 2)

    def test_several_clocks_at_once(self):
        others = [Program("circuit", "clock", f"--port={self.pin.number}", "--delay=0") for _ in "abc"]
        for other in others:
            with other:
                self.assertEqual(other.wait(), 0)
                self.assertEqual("\n".join(other.out.rest()) + "\n", clock_lines(5).decode())

    # Circuit 5: The connection to the buzzer is made anew.
    def test_the_buzzer_is_killed_and_started_again(self):
        clock(self.pin.number)
        self.buzzer.stop(signal.SIGKILL)
        self.assertEqual(clock(self.pin.number).stdout, clock_lines(1))
        self.assertRegex(self.pin.out.until("did not get it"),
                         r"^\[ IOPin \] the buzzer did not get it: .*refused")
        with Node("buzzer", port=self.buzzer.number) as again:
            self.assertEqual(clock(self.pin.number).stdout, clock_lines(1))
            self.assertEqual(again.next(2)[1], "signal 1 received -> buzz buzz buzz")
        self.pin.out.until("< buzz buzz buzz")

    def test_the_buzzer_is_started_last(self):
        with programs.refusing_port() as number:
            pin = self.enterContext(new_pin(number))
            self.assertEqual(clock(pin.number).stdout, clock_lines(1))
            pin.out.until("did not get it: .*refused")
        with Node("buzzer", port=number) as late:
            self.assertEqual(clock(pin.number).stdout, clock_lines(1))
            self.assertEqual(late.next(2)[1], "signal 1 received -> buzz buzz buzz")

    def test_the_pin_is_killed(self):
        with Program("circuit", "clock", f"--port={self.pin.number}", "--tacks=1000000",
                     "--delay=0") as ticking:
            ticking.out.until("acknowledged")
            self.pin.stop(signal.SIGKILL)
            self.assertEqual(ticking.wait(), 1)
            self.assertRegex(ticking.err.next(), "^circuit: the connection of the WebSocket ended")

    def test_pages_are_on_the_same_port(self):
        for node in (self.pin, self.buzzer):
            headers, page = get(node.number, "/")
            self.assertIn("text/html", headers["Content-Type"])
            self.assertIn(b"<svg", page)
            with self.assertRaises(urllib.error.HTTPError) as refused:
                get(node.number, "/datafeed")
            self.assertEqual(refused.exception.code, 426)
            refused.exception.close()


class CtrlC(unittest.TestCase):
    LINE = "Keyboard interruption, aborting."

    def setUp(self):
        self.buzzer = self.enterContext(Node("buzzer"))
        self.pin = self.enterContext(new_pin(self.buzzer.number))

    # Circuit 2: Ctrl-C is a line, and closes what is open.
    def test_of_the_buzzer(self):
        clock(self.pin.number)
        self.buzzer.out.until("signal")
        self.assertEqual(self.buzzer.stop(signal.SIGINT), 0)
        self.assertEqual(self.buzzer.out.rest()[-2:], [
            self.LINE, "[ Buzzer ] done processing messages: this side closed the WebSocket: 1001 "
            "(going away)"])
        self.assertEqual(self.buzzer.err.rest(), [])

    def test_of_the_pin(self):
        with Program("circuit", "clock", f"--port={self.pin.number}", "--delay=60") as waiting:
            waiting.out.until("acknowledged")
            self.assertEqual(self.pin.stop(signal.SIGINT), 0)
            self.assertEqual(self.pin.err.rest(), [])
        self.assertIn(self.LINE, self.pin.out.rest())
        self.assertEqual(self.buzzer.out.until("done processing"),
                         "[ Buzzer ] done processing messages: the other side closed the "
                         "WebSocket: 1001 (going away)")

    def test_of_the_clock(self):
        with Program("circuit", "clock", f"--port={self.pin.number}", "--delay=60") as waiting:
            waiting.out.until("acknowledged")
            self.assertEqual(waiting.stop(signal.SIGINT), 130)
            self.assertEqual((waiting.out.rest(), waiting.err.rest()), ([self.LINE], []))
        self.assertEqual(self.pin.out.until("done processing"),
                         "[ IOPin ] done processing messages: the other side closed the WebSocket: "
                         "1001 (going away)")

    def test_of_the_pin_while_the_buzzer_is_stopped(self):
        clock(self.pin.number)
        self.buzzer.process.send_signal(signal.SIGSTOP)
        self.assertEqual(self.pin.stop(signal.SIGINT), 0)
        self.assertIn(self.LINE, self.pin.out.rest())

    def test_with_nobody_there(self):
        for node in (self.pin, self.buzzer):
            self.assertEqual(node.stop(signal.SIGINT), 0)
            self.assertEqual((node.out.rest(), node.err.rest()), ([self.LINE], []))


class CommandLine(unittest.TestCase):
    def check(self, *arguments, said, status):
        result = run("circuit", *arguments)
        self.assertEqual((result.stderr.decode(), result.returncode), (said + "\n", status))

    # Circuit 7: A sketch that there is not.
    def test_an_unknown_sketch(self):
        unknown = "unknown sketch, please choose clock, iopin or buzzer"
        self.check("siren", said=unknown, status=1)
        self.check("siren", "--port=1", said=unknown, status=1)
        self.check(said=unknown, status=1)

    # Circuit 2: A port that is taken.
    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            for sketch in ("iopin", "buzzer"):
                self.check(sketch, f"--port={taken.getsockname()[1]}", status=1,
                           said="Cannot bind to this port! Is the server already running?")

    # Circuit 6: The pin has port 8765, the buzzer 8766.
    def test_the_ports_where_none_are_given(self):
        for sketch, port in ("iopin", 8765), ("buzzer", 8766):
            with contextlib.ExitStack() as held:
                with contextlib.suppress(OSError):  # somebody else has it: as good
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
                self.check(sketch, status=1,
                           said="Cannot bind to this port! Is the server already running?")

    def test_bad_flags(self):
        for argument, reason in (
                ("--port=65536", "--port must be from 0 to 65535, not 65536."),
                ("--tacks=-1", "--tacks must be 0 or more."),
                ("--chance=1.5", "--chance must be from 0 to 1."),
                ("--chance=nan", "--chance must be from 0 to 1."),
                ("--sequence=0", "--sequence must be from 1 to 64."),
                ("--buzzer=here", "--buzzer must be a host and a port, not 'here'."),
                ("--buzzer=here:0", "--buzzer must be a host and a port, not 'here:0'."),
                ("--socket=here", "Not an interface: here (write localhost or a numeric address)."),
                ("more", "Bad arguments. There is no use for 'more'."),
                ("--siren", "Unknown flag: --siren")):
            with self.subTest(argument):
                self.check("iopin", argument, said="circuit: " + reason, status=2)

    def test_a_clock_that_nobody_hears(self):
        with programs.refusing_port() as number:
            self.check("clock", f"--port={number}", status=1,
                       said=f"circuit: Connection to localhost:{number} was refused")

    def test_a_clock_with_a_delay_that_cannot_be(self):
        self.check("clock", "--delay=-1", status=2,
                   said="circuit: --delay must be from 0 to 86400 seconds, not -1.")

    # Circuit 7: The flags and their defaults.
    def test_help(self):
        text = run("circuit", "--help").stdout.decode()
        for flag in ("socket=localhost", "port=8765", "tacks=5", "delay=1", "buzzer=localhost:8766"):
            self.assertIn(f"--{flag}", text)


if __name__ == "__main__":
    programs.main()
