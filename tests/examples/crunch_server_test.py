# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""crunch_server: what it answers, by HTTP and by the native protocol, what it logs, how it ends."""

import json
import signal
import socket
import unittest
from pathlib import Path

import programs
from crunch_plays import (HELLO, HOST, CrunchTest, NativePeer, curl, free_port, output, said,
                          shell)
from programs import connect, reset_on_close

ABORTED = "crunch_server: aborted (user or software interrupt)"
JSON = ("--header", "Content-Type: application/json")


class Article(CrunchTest):
    """The commands of the article, and what they print."""

    # Crunch 6: curl and jq print 3.375 and 0.6666666666666666.
    def test_values(self):
        url = f"http://{HOST}:{self.start_server().http}"
        for request, value in (("Multiply", "3.375"), ("Divide", "0.6666666666666666")):
            self.assertEqual(shell(f'curl -s "{url}/{request}?x=1.5&y=2.25" | '
                                   "jq '.value[1].value'"), value + "\n")

    # Crunch 7: The body is compact, its type application/json.
    def test_bytes(self):
        answer = curl(self.start_server().http, "Multiply?x=1.5&y=2.25")
        self.assertEqual(answer.body, '{"value":["crunch_api.Output",{"value":3.375},[]]}')
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/json"))


class HTTP(CrunchTest):
    def setUp(self):
        super().setUp()
        self.port = self.start_server().http

    def check_answer(self, body, target, *arguments):
        answer = curl(self.port, target, *arguments)
        self.assertEqual((answer.body, answer.status), (body, 200), (target, arguments))

    def check_fault(self, status, name, condition, explanation, target, *arguments):
        answer = curl(self.port, target, *arguments)
        self.assertEqual(answer.status, status, answer.body)
        found, members = answer.message()
        self.assertEqual((found, members["condition"], members["explanation"]),
                         (name, condition, explanation))
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        return answer

    # Crunch 8: The query with any method, a form, JSON wrapped and bare.
    def test_ways_to_ask(self):
        twelve = output("12.0")
        self.check_answer(twelve, "Multiply?x=3&y=4")
        self.check_answer(twelve, "crunch_api.Multiply?x=3&y=4")
        self.check_answer(twelve, "Multiply?x=3&y=4", "--request", "POST")
        self.check_answer(twelve, "Multiply?x=3", "--data", "y=4")
        self.check_answer(twelve, "Multiply", "--data", "x=3&y=4")
        self.check_answer(twelve, "Multiply", *JSON, "--data", '{"x":3,"y":4.0}')
        self.check_answer(twelve, "Multiply", *JSON, "--data", '{"value":{"x":3.0,"y":4}}')
        self.check_answer(output("0.0"), "Multiply")

    # Crunch 8: Percent- and plus-decoding.
    def test_decoding(self):
        self.check_answer(output("12.0"), "Multiply?%78=3%2E0&y=%34")
        self.check_answer(output("1e+22"), "Multiply?x=1e%2B11&y=1e11")

    # Crunch 9, 10: A bad member is 400; its text names the request, the member and the value.
    def test_bad_members(self):
        for target, why in (
                ("Multiply?z=1", 'unknown member "z" in "Multiply"'),
                ("Multiply?x=abc", '"abc" is not a number for member "x" of "Multiply"'),
                ("Multiply?x=nan", '"nan" is not a number for member "x" of "Multiply"'),
                ("Multiply?x=", '"" is not a number for member "x" of "Multiply"'),
                ("Multiply?x=1+2", '"1 2" is not a number for member "x" of "Multiply"'),
                ("Multiply?x=../etc/passwd",
                 '"../etc/passwd" is not a number for member "x" of "Multiply"'),
                ("Multiply?x=1&x=2", 'a value that comes twice for member "x" of "Multiply"')):
            self.check_fault(400, "couplet.BadRequest", "bad request", why, target)

    # Crunch 9, 10: The same of JSON.
    def test_bad_json(self):
        for body, why in (
                ('{"z":1}', 'unknown member "z" in "Multiply"'),
                ('{"value":{"x":true}}', 'true is not a number for member "x" of "Multiply"'),
                ('{"x":null}', 'null is not a number for member "x" of "Multiply"')):
            self.check_fault(400, "couplet.BadRequest", "bad request", why, "Multiply", *JSON,
                             "--data", body)
        for body in ('{"x":1', "[", "{}{}", '{"x":NaN}', "[" * 100_000, '{"x":1e999}'):
            self.assertEqual(curl(self.port, "Multiply", *JSON, "--data", body).status, 400, body)

    # Crunch 9: Each misuse has its status.
    def test_misuse(self):
        self.check_fault(404, "couplet.UnknownRequest", 'unknown request "Modulo"', "", "Modulo")
        self.check_fault(404, "couplet.UnknownRequest", 'unknown request "Multiply/more"', "",
                         "Multiply/more")
        self.check_fault(415, "couplet.UnsupportedMediaType",
                         'cannot read a body of "text/plain"', "send application/json", "Multiply",
                         "--header", "Content-Type: text/plain", "--data", "x=1")
        self.check_fault(413, "couplet.TooLarge", "too large", "The body is larger than allowed.",
                         "Multiply", *JSON, "--data", '{"x":' + "1" * 100_000, "--header",
                         "Content-Length: 3000000")

    # Crunch 9: A wrong method is 405, with Allow.
    def test_methods(self):
        for method in ("DELETE", "PUT", "PATCH"):
            answer = self.check_fault(
                405, "couplet.MethodNotAllowed", f'"Multiply" cannot be requested by "{method}"',
                "use GET, POST", "Multiply", "--request", method)
            self.assertEqual(answer.headers["Allow"], "GET, HEAD, POST, OPTIONS")
        answer = curl(self.port, "Multiply", "--request", "OPTIONS")
        self.assertEqual((answer.status, answer.headers["Allow"]),
                         (204, "GET, HEAD, POST, OPTIONS"))

    # Crunch 4: Division by zero is a fault, and the server lives.
    def test_division_by_zero(self):
        for target in ("Divide?x=1&y=0", "Divide?x=1&y=-0.0", "Divide"):
            self.check_fault(422, "crunch_api.DivideByZero", "cannot divide by zero", "", target)
        self.check_answer(output("0.5"), "Divide?x=1&y=2")

    # Crunch 4: A handler that fails answers a fault, and the server lives.
    def test_a_result_that_is_no_number(self):
        self.check_fault(500, "couplet.Faulted", '"Multiply" failed', "the server's log says why",
                         "Multiply?x=1e308&y=10")
        self.check_answer(output("12.0"), "Multiply?x=3&y=4")

    def test_what_is_no_http(self):
        with connect(self.port, HOST) as client:
            client.sendall(b"HELLO\r\n\r\n")
            head, _, body = programs.receive_all(client).decode().partition("\r\n\r\n")
        self.assertTrue(head.startswith("HTTP/1.1 400 "), head)
        self.assertEqual(json.loads(body)["value"][0], "couplet.BadRequest")

    # Crunch 2: The list of what there is.
    def test_the_list(self):
        names = [request["name"] for request in json.loads(curl(self.port, "").body)["requests"]]
        self.assertEqual(names, ["crunch_api.Multiply", "crunch_api.Divide"])


class Native(CrunchTest):
    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        self.peer = NativePeer(self.enterContext(connect(self.server.native, HOST)))
        self.assertEqual(self.peer.next(), HELLO)

    def ask(self, number, name, **members):
        self.peer.send({"id": number, "request": [name, members]})

    # Crunch 23: Many requests are in flight.
    def test_answers(self):
        self.peer.send(HELLO)
        for number in (1, 7, 2**53 - 1):
            self.ask(number, "crunch_api.Multiply", x=number, y=1)
        for number in (1, 7, 2**53 - 1):
            self.assertEqual(self.peer.next(), {
                "id": number, "reply": ["crunch_api.Output", {"value": number}]})

    # Crunch 23
    def test_faults_leave_the_connection(self):
        self.peer.send(HELLO)
        self.ask(1, "crunch_api.Divide", x=1, y=0)
        self.ask(2, "crunch_api.Modulo")
        self.ask(3, "crunch_api.Multiply", z=1)
        names = [self.peer.next()["fault"][0] for _ in range(3)]
        self.assertEqual(names, ["crunch_api.DivideByZero", "couplet.UnknownRequest",
                                 "couplet.BadRequest"])
        self.peer.send({"enquiry": 12})
        self.assertEqual(self.peer.next(), {"present": 12})

    # Crunch 23
    def test_what_is_malformed_ends_the_connection(self):
        self.peer.send(HELLO)
        self.peer.send({"id": 1})
        self.assertEqual(self.peer.next()["goodbye"][0], "couplet.BadRequest")
        self.assertIsNone(self.peer.next())

    def test_what_is_no_netstring_ends_the_connection(self):
        self.peer.connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        self.assertIsNone(self.peer.next())

    # Crunch 23: A size limit.
    def test_what_is_too_long_ends_the_connection_before_it_is_there(self):
        self.peer.connection.sendall(b"1048577:")
        self.assertIsNone(self.peer.next())


class Log(CrunchTest):
    """What --v=1 --logtostderr says."""

    def next_lines(self, server, count):
        return [said(server.err.next()) for _ in range(count)]

    # Crunch 29: Listening, accepted, each request, abandoned, closed.
    def test_the_life_of_connections_by_http(self):
        server = self.start("crunch_server", f"--host={HOST}", "--port=0", "--v=1", "--logtostderr")
        listening = said(server.err.next())
        self.assertRegex(listening, rf"\AListening on {HOST}:\d+\Z")
        port = int(listening.rpartition(":")[2])
        with connect(port, HOST) as client:
            place = "{}:{}".format(*client.getsockname())
            for request in ("Multiply?x=2", "Divide?x=1&y=0"):
                client.sendall(f"GET /{request} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 "))
        self.assertEqual(self.next_lines(server, 4), [
            f"Accepted a connection from {place} on {HOST}:{port}",
            f"crunch_api.Multiply from {place}",
            f"crunch_api.Divide from {place}",
            f"Abandoned by {place}: Connection was closed cleanly."])
        with connect(port, HOST) as client:
            place = "{}:{}".format(*client.getsockname())
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            programs.receive_all(client)
        self.assertEqual(self.next_lines(server, 2), [
            f"Accepted a connection from {place} on {HOST}:{port}",
            f"Closed the connection with {place}: Connection was closed cleanly."])

    # Crunch 29: The same by the native protocol.
    def test_the_life_of_connections_by_the_native_protocol(self):
        server = self.start_server()
        with connect(server.native, HOST) as client:
            place = "{}:{}".format(*client.getsockname())
            peer = NativePeer(client)
            peer.send(HELLO)
            peer.send({"id": 1, "request": ["crunch_api.Multiply", {}]})
            self.assertEqual(peer.next(), HELLO)
            peer.next()
            reset_on_close(client)
        lines = self.next_lines(server, 3)
        self.assertEqual(lines[:2], [
            f"Accepted a connection from {place} on {HOST}:{server.native}",
            f"crunch_api.Multiply from {place}"])
        self.assertIn("Connection reset by peer", lines[2])
        self.assertTrue(lines[2].startswith(f"Abandoned by {place}: "), lines[2])

    # Crunch 29: Its own end closes.
    def test_the_end(self):
        server = self.start_server()
        with connect(server.native, HOST) as client:
            place = "{}:{}".format(*client.getsockname())
            self.assertEqual(NativePeer(client).next(), HELLO)
            server.process.send_signal(signal.SIGINT)
            self.assertEqual(server.wait(), 172)
        lines = [said(line) for line in server.err.rest()]
        self.assertEqual(lines[1:4], ["Received SIGINT, shutting down.",
                                      f"Closed the port on {HOST}:{server.http}",
                                      f"Closed the port on {HOST}:{server.native}"])
        self.assertTrue(lines[4].startswith(f"Closed the connection with {place}: "), lines[4])
        self.assertEqual(lines[5:], [ABORTED])

    # Crunch 29: Quiet by default.
    def test_it_is_quiet(self):
        port = free_port()
        server = self.start_quietly("crunch_server", port, f"--host={HOST}", f"--port={port}")
        curl(port, "Multiply?x=2")
        curl(port, "Multiply?z=2")
        curl(port, "Divide")
        self.assertEqual(server.stop(signal.SIGINT), 172)
        self.check_end(server, stderr=[ABORTED], status=172)


class Ends(CrunchTest):
    # Crunch 28: Ctrl-C.
    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server = self.start_server()
            self.assertEqual(server.stop(number), 172)
            self.assertEqual((server.out.rest(), server.err.rest()[-1]), ([], ABORTED))

    # Crunch 22, 28: A busy port is reported at once, whichever it is.
    def test_ports_that_are_taken(self):
        with socket.create_server((HOST, 0)) as taken:
            port = taken.getsockname()[1]
            for flags in ((f"--port={port}",), ("--port=0", f"--native_port={port}")):
                self.check("crunch_server", f"--host={HOST}", *flags, status=98,
                           stderr=f'crunch_server: cannot listen at "{HOST}:{port}" ([Errno 98] '
                           "Address already in use)\n")

    # Crunch 27: Unknown flags, and what is no value.
    def test_flags(self):
        for flag, why in (
                ("--colour=red", "Unknown flag: --colour"),
                ("--port=http", '--port: "http" is not an integer for member "port" of "Settings"'),
                ("--port=65536", "--port: 65536 is out of range for member \"port\" of "
                 '"Settings"')):
            self.check("crunch_server", flag, stderr=f"crunch_server: {why}\n", status=2)

    # Crunch 27: --dump_settings, --store_settings; another run shows what is stored.
    def test_settings(self):
        self.check("crunch_server", "--dump-settings",
                   stdout='{"value":{"host":"127.0.0.1","port":5051,"native_port":0}}\n')
        self.check("crunch_server", "--port=6000", "--store_settings", stdout="Ack()\n")
        self.check("crunch_server", "--native-port=7", "--dump_settings",
                   stdout='{"value":{"host":"127.0.0.1","port":6000,"native_port":7}}\n')

    # Crunch 27: A file that is damaged, or of a newer version, is an error that names it.
    def test_settings_that_cannot_be_used(self):
        file = Path(self.folder) / "couplet" / "crunch_server.json"
        file.parent.mkdir()
        for text, why in (('{"value":{"tls":true}}', 'unknown member "tls" in "Settings"'),
                          ('{"value":{"port":60', "no JSON")):
            file.write_text(text, "utf-8")
            result = programs.run("crunch_server", "--port=0")
            self.assertEqual((result.returncode, result.stdout), (172, b""))
            self.assertTrue(result.stderr.decode().startswith(
                f'crunch_server: cannot use the settings in "{file}" ({why}'), result.stderr)
            self.assertEqual(file.read_text("utf-8"), text)


if __name__ == "__main__":
    programs.main()
