# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""crunch_client and crunch_multi_client, by either protocol: what they print, and how they end."""

import signal
import threading
import unittest

import programs
from crunch_plays import (HELLO, HOST, CrunchTest, NativePeer, Reader, compute, free_port,
                          netstring, output, played, said)
from programs import DEADLINE, PlayedServer, reset_on_close

EITHER = (False, True)  # by HTTP, and native


def native_flag(native):
    return ["--native"] if native else []


class Results(CrunchTest):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()

    def check_client(self, *arguments, **expected):
        """By either protocol."""
        for native in EITHER:
            port = self.server.native if native else self.server.http
            self.check("crunch_client", f"--host={HOST}", f"--port={port}", *native_flag(native),
                       *arguments, **expected)

    # Crunch 12: The response is printed as a message.
    def test_multiply(self):
        self.check_client("--x=6.0", "--y=7.0", stdout="Output(value=42.0)\n")
        self.check_client(stdout="Output(value=1.0)\n")
        self.check_client("--x=1e11", "--y=1e11", stdout="Output(value=1e+22)\n")

    # Crunch 17: --request picks the message by name.
    def test_divide(self):
        self.check_client("--request=Divide", "--x=1.5", "--y=2.25",
                          stdout="Output(value=0.6666666666666666)\n")

    # Crunch 17: --pure_object prints raw JSON.
    def test_pure_object(self):
        self.check_client("--pure_object", "--x=6", "--y=7", stdout='{"value":42.0}\n')

    # Crunch 28: A fault of the server's is one line.
    def test_a_fault_of_the_server(self):
        self.check_client("--request=Divide", "--y=0", status=172,
                          stderr="crunch_client: cannot divide by zero\n")
        self.check_client("--x=1e308", "--y=10", status=172, stderr="crunch_client: \"Multiply\" "
                          "failed (the server's log says why)\n")

    def test_a_request_that_there_is_not(self):
        self.check_client("--request=Modulo", status=172,
                          stderr='crunch_client: unknown request "Modulo"\n')

    def test_a_port_of_the_other_protocol(self):
        self.check("crunch_client", f"--host={HOST}", f"--port={self.server.native}", status=172,
                   stderr="crunch_client: connection lost (Connection was closed cleanly.)\n")

    # Crunch 29: Connected, and closed, at a verbose level.
    def test_the_log(self):
        for native in EITHER:
            port = self.server.native if native else self.server.http
            result = programs.run("crunch_client", f"--host={HOST}", f"--port={port}", "--v=1",
                                  "--logtostderr", *native_flag(native))
            self.assertEqual((result.stdout, result.returncode), (b"Output(value=1.0)\n", 0))
            self.assertEqual([said(line) for line in result.stderr.decode().splitlines()], [
                f"Connected to {HOST}:{port}",
                f"Closed the connection with {HOST}:{port}: Connection was closed cleanly."])


class NoResult(CrunchTest):
    # Crunch 15, 28: Nobody there: the errno of NotConnected.
    def test_nobody_there(self):
        with programs.refusing_port() as port:
            for native in EITHER:
                self.check("crunch_client", f"--port={port}", *native_flag(native), status=111,
                           stderr=f'crunch_client: cannot connect to "127.0.0.1:{port}" ([Errno '
                           "111] Connection refused)\n")

    # Crunch 27: Unknown flags, and what is no value.
    def test_flags(self):
        for flag, why in (
                ("--z=1", "Unknown flag: --z"),
                ("--x=six", '--x: "six" is not a number for member "x" of "Settings"'),
                ("--x=nan", '--x: "nan" is not a number for member "x" of "Settings"')):
            self.check("crunch_client", flag, stderr=f"crunch_client: {why}\n", status=2)
        self.check("crunch_multi_client", "--server_a=localhost", status=2,
                   stderr="crunch_multi_client: --server_a needs [HOST:]PORT, or an object as "
                   "JSON, not 'localhost'.\n")

    # Crunch 15: A lost connection fails its request at once.
    def test_a_server_that_is_killed(self):
        server = self.start_server()
        server.process.send_signal(signal.SIGSTOP)  # connections are made, but not served
        client = self.start("crunch_client", f"--host={HOST}", f"--port={server.http}", "--v=1",
                            "--logtostderr")
        client.err.until("Connected to ")
        server.process.kill()
        self.assertEqual(client.wait(), 172)
        self.assertRegex(client.err.rest()[-1], r"\Acrunch_client: connection lost \(.+\)\Z")

    # Crunch 15: Nor is there a connection before there was a greeting.
    def test_a_server_that_is_killed_before_it_said_hello(self):
        server = self.start_server()
        server.process.send_signal(signal.SIGSTOP)
        client = self.start("crunch_client", f"--host={HOST}", f"--port={server.native}",
                            "--native", "--v=1", "--logtostderr")
        client.err.until("Connected to ")
        server.process.kill()
        self.assertEqual(client.wait(), 172)
        self.assertRegex(client.err.rest()[-1],
                         r'\Acrunch_client: cannot connect to ".+" \(connection lost \(.+\)\)\Z')

    # Crunch 28: Ctrl-C.
    def test_a_signal(self):
        asked = threading.Event()
        for native in EITHER:
            asked.clear()
            with played(lambda *_: asked.set(), native) as port:
                client = self.start("crunch_client", f"--port={port}", *native_flag(native))
                self.assertTrue(asked.wait(DEADLINE))
                self.assertEqual(client.stop(signal.SIGINT), 172)
                self.check_end(client, status=172, stderr=[
                    "crunch_client: aborted (user or software interrupt)"])


class BadAnswers(CrunchTest):
    """What the client makes of a server that errs."""

    def check_client(self, play, native, stdout="", stderr="", status=172):
        with PlayedServer(play) as server:
            self.check("crunch_client", f"--port={server.port}", *native_flag(native),
                       stdout=stdout, stderr=stderr and f"crunch_client: {stderr}\n", status=status)

    def answer(self, reply):
        for native in EITHER:
            with played(lambda *_: reply, native) as port:
                yield "crunch_client", f"--port={port}", *native_flag(native)

    def test_a_reply_of_the_wrong_type(self):
        for words in self.answer(["crunch_api.Total", {"value": 1}]):
            self.check(*words, status=172, stderr='crunch_client: "crunch_api.Output" was expected '
                       'and "crunch_api.Total" came\n')

    def test_a_reply_with_a_member_of_the_wrong_type(self):
        for words in self.answer(["crunch_api.Output", {"value": "six"}]):
            result = programs.run(*words)
            self.assertEqual((result.returncode, result.stdout), (172, b""))
            self.assertRegex(result.stderr.decode(), r"\Acrunch_client: an answer that is none.*"
                             r'\("six" is not a number for member "value" of "Output"\)\n\Z')

    def test_a_fault_that_is_not_known(self):
        for words in self.answer(["other.Fault", {"condition": "no\nway", "exit_code": 7}]):
            self.check(*words, status=7, stderr="crunch_client: no\\x0away\n")

    def native(self, *frames):
        """Sends these in place of an answer."""
        return self.native_bytes(b"".join(map(netstring, frames)))

    def native_bytes(self, instead, end=lambda connection: connection.recv(1)):
        def play(connection):
            peer = NativePeer(connection)
            peer.send(HELLO)
            while "request" not in peer.next():
                pass
            connection.sendall(instead)
            end(connection)

        return play

    def test_a_reply_with_an_unknown_id(self):
        reply = {"id": 7, "reply": ["crunch_api.Output", {"value": 1}]}
        self.check_client(self.native(reply), True, stderr="bad request (an answer to no request, "
                          "with the id 7)")

    def test_a_goodbye(self):
        goodbye = {"goodbye": ["couplet.OutOfService", {"condition": "out of service"}]}
        self.check_client(self.native(goodbye), True, stderr="out of service")

    def test_a_reply_that_comes_twice(self):
        reply = {"id": 1, "reply": ["crunch_api.Output", {"value": 1}]}
        self.check_client(self.native(reply, reply), True, stdout="Output(value=1.0)\n", status=0)
        body = output("1.0").encode()
        once = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        self.check_client(self.http(once + once), False, stdout="Output(value=1.0)\n", status=0)

    def http(self, response):
        def play(connection):
            reader = Reader(connection)
            reader.until(b"\r\n\r\n")
            connection.sendall(response)
            connection.recv(1)

        return play

    def test_a_reply_that_is_too_long(self):
        self.check_client(self.http(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n"), False,
                          stderr="what came is no answer (The body is larger than allowed.)")
        self.check_client(self.native_bytes(b"2000000:"), True,
                          stderr="connection lost (netstring is longer than is allowed)")

    def test_a_connection_that_ends_in_place_of_an_answer(self):
        def play(connection):
            Reader(connection).until(b"Multiply")
            reset_on_close(connection)

        for native in EITHER:
            self.check_client(self.native_bytes(b"", reset_on_close) if native else play, native,
                              stderr="connection lost (Connection to the other side was lost: "
                              "Connection reset by peer.)")


class MultiClient(CrunchTest):
    def words(self, a, b, native, *arguments):
        return ["crunch_multi_client", f"--server_a={HOST}:{a}", f"--server_b={HOST}:{b}",
                *native_flag(native), *arguments]

    # Crunch 18: Output(value=150.0).
    def test_the_article(self):
        server = self.start_server()
        for native in EITHER:
            port = server.native if native else server.http
            self.check(*self.words(port, port, native, "--x=10.0", "--y=15.0"),
                       stdout="Output(value=150.0)\n")

    # Crunch 18: Both requests are in flight at once: neither is answered before both are asked.
    def test_both_requests_are_in_flight(self):
        for native in EITHER:
            both = threading.Barrier(2)

            def answer(name, members, both=both):
                both.wait(DEADLINE)
                return compute(name, members)

            with played(answer, native) as port:
                self.check("crunch_multi_client", f"--server_a={port}", f"--server_b={port}",
                           *native_flag(native), "--x=10", "--y=15", stdout="Output(value=150.0)\n")

    # Crunch 14: A fault names its item.
    def test_a_fault_of_one(self):
        server = self.start_server()
        for native in EITHER:
            port = server.native if native else server.http
            self.check(*self.words(port, port, native, "--y=0"), status=172,
                       stderr="crunch_multi_client: item 2 of 2: cannot divide by zero\n")

    # Crunch 18: When the first wait ends, TimedOut names the missing members.
    def test_servers_that_are_not_there(self):
        server = self.start_server()
        nobody = free_port()
        for native in EITHER:
            there = server.native if native else server.http
            for a, b, missing in ((there, nobody, "server_b"), (nobody, there, "server_a"),
                                  (nobody, nobody, "server_a, server_b")):
                self.check(*self.words(a, b, native, "--get_ready=0.25"), status=172,
                           stderr="crunch_multi_client: the group is not ready (no connection to "
                           f"{missing} within 0.25 s)\n")

    # Crunch 18, 21: Who comes later is found: the second attempt is made after 2 to 3 s.
    def test_servers_that_come_later(self):
        port, native_port = free_port(), free_port()
        clients = [self.start(*self.words(port, port, False, "--x=10", "--v=1", "--logtostderr")),
                   self.start(*self.words(native_port, native_port, True, "--x=10", "--v=1",
                                          "--logtostderr"))]
        for client in clients:
            client.err.until("failed: ")
            client.err.until("failed: ")
        self.start_server(port=port, native_port=native_port)
        for client in clients:
            self.assertEqual((client.wait(), client.out.rest()), (0, ["Output(value=10.0)"]))

    # Crunch 15: A lost connection fails its request at once.
    def test_a_server_that_is_killed(self):
        server = self.start_server()
        server.process.send_signal(signal.SIGSTOP)
        client = self.start(*self.words(server.http, server.http, False, "--v=1", "--logtostderr"))
        client.err.until("Connected to ")
        client.err.until("Connected to ")
        server.process.kill()
        self.assertEqual(client.wait(), 172)
        self.assertRegex(client.err.rest()[-1],
                         r"\Acrunch_multi_client: item [12] of 2: connection lost \(.+\)\Z")


if __name__ == "__main__":
    programs.main()
