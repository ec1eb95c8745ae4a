# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What whole programs log: nothing unless asked, then the life of each connection."""

import os
import re
import signal
import unittest

import sample_programs
from sample_programs import programs

LINE = r"[IWE]\d{8} \d\d:\d\d:\d\d\.\d{6} +\d+ \w+\.cc:\d+\] "


class Log(sample_programs.ProgramTest):
    def start(self, *arguments):
        server = programs.Program("sample_server", "--port=0", *arguments)
        self.addCleanup(server.__exit__)
        return server

    def converse(self, server):
        """Two connections, of which the server closes one and the client the other."""
        port = server.port()
        with programs.connect(port) as connection:
            connection.sendall(b"7:hang up,")
            self.assertEqual(programs.receive_all(connection), b"")
            first = connection.getsockname()[1]
        with programs.connect(port) as connection:
            connection.sendall(b"2:hi,")
            self.assertEqual(connection.recv(100), b"2:hi,")
            second = connection.getsockname()[1]
        return port, first, second

    def lines_of(self, server):
        return [re.sub(r"\A" + LINE, "", line) for line in server.err.rest()]

    # Crunch 29: quiet by default.
    def test_is_quiet(self):
        server = self.start()
        self.converse(server)
        self.assertEqual(server.stop(), 172)
        self.assertEqual(server.err.rest(),
                         ["sample_server: aborted (user or software interrupt)"])

    # Crunch 29: listening, accepted, closed and abandoned are log lines at a verbose level.
    def test_tells_the_life_of_connections(self):
        server = self.start("--v=1", "--logtostderr")
        port, first, second = self.converse(server)
        server.err.until(f"Abandoned by 127.0.0.1:{second}")
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 172)
        self.assertEqual(self.lines_of(server), [
            "Received SIGTERM, shutting down.", f"Closed the port on 127.0.0.1:{port}",
            "sample_server: aborted (user or software interrupt)"])

    def test_tells_it_in_this_order(self):
        server = self.start("--v=1", "--logtostderr")
        port, first, second = self.converse(server)
        lines = []
        while not lines or "Abandoned" not in lines[-1]:
            lines.append(re.sub(r"\A" + LINE, "", server.err.next()))
        done = "Connection was closed cleanly."
        self.assertEqual(lines, [
            f"Listening on 127.0.0.1:{port}",
            f"Accepted a connection from 127.0.0.1:{first} on 127.0.0.1:{port}",
            f"Closed the connection with 127.0.0.1:{first}: {done}",
            f"Accepted a connection from 127.0.0.1:{second} on 127.0.0.1:{port}",
            f"Abandoned by 127.0.0.1:{second}: {done}"])

    # Crunch 29: connected is a log line at a verbose level.
    def test_tells_where_it_connected(self):
        server = self.start()
        place = f"127.0.0.1:{server.port()}"
        result = self.run_program("sample_client", "--v=1", "--give=connection", f"--server={place}")
        self.assertEqual((result.returncode, result.stdout), (0, b"Output(value=42.0)\n"))
        lines = [re.sub(r"\A" + LINE, "", line) for line in result.stderr.decode().splitlines()]
        self.assertEqual(lines, [f"Connected to {place}", f"Closed the connection with {place}: "
                                 "Connection was closed cleanly."])

    def test_a_reset_is_an_abandoned_connection(self):
        server = self.start("--v=1")
        with programs.connect(server.port()) as connection:
            connection.sendall(b"2:hi,")
            self.assertEqual(connection.recv(100), b"2:hi,")
            programs.reset_on_close(connection)
            place = f"127.0.0.1:{connection.getsockname()[1]}"
        self.assertIn("Connection reset by peer", server.err.until(f"Abandoned by {place}: "))

    def test_a_connection_that_a_shutdown_ends_is_closed(self):
        server = self.start("--v=1")
        with programs.connect(server.port()) as connection:
            connection.sendall(b"2:hi,")
            self.assertEqual(connection.recv(100), b"2:hi,")
            place = f"127.0.0.1:{connection.getsockname()[1]}"
            server.stop()
        server.err.until(f"Closed the connection with {place}: ")

    # Crunch 29: logging flags are glog's.
    def test_the_flags_are_those_of_glog(self):
        self.assertIn("Listening on", self.start("--vmodule=tcp_port=1").err.next())
        server = self.start("--v=1", "--minloglevel=1")
        server.port()
        self.assertEqual(server.stop(), 172)
        self.assertEqual(server.err.rest(),
                         ["sample_server: aborted (user or software interrupt)"])

    def test_a_folder_for_the_log(self):
        server = self.start("--v=1", f"--log_dir={self.folder}")
        server.port()
        self.assertEqual(server.stop(), 172)
        logs = [name for name in os.listdir(self.folder) if ".log.INFO." in name]
        self.assertEqual(len(logs), 1)
        self.assertIn("Listening on", (self.folder / logs[0]).read_text("utf-8"))


if __name__ == "__main__":
    programs.main()
