# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""How whole programs end: results, faults, signals; what they print, and their statuses."""

import signal
import socket
import unittest

import sample_programs
from sample_programs import programs


class Results(sample_programs.ProgramTest):
    # Crunch 28: the program's result is printed as Output(value=42.0), numbers as Python does.
    def test_a_message_is_printed(self):
        self.check_client(stdout="Output(value=42.0)\n")
        self.check_client("--give=at once", stdout="Output(value=42.0)\n")
        for number in ("1e22", "0.1", "-0.0", "1e-05", "123456789.0"):
            self.check_client(f"--value={number}", stdout=f"Output(value={float(number)!r})\n")

    # Crunch 17: --pure_object prints raw JSON.
    def test_a_message_is_printed_as_json(self):
        self.check_client("--value=0.25", "--pure-object", stdout='{"value":0.25}\n')
        self.check_client("--factory_reset", "--pure_object", stdout="{}\n")

    def test_a_program_that_stops_its_reactor_has_no_result(self):
        self.check_client("--give=stop", stderr="waiting ends\n")

    # Where it is closed, no file of the program takes its place.
    def test_output_that_cannot_be_written(self):
        for behind, reason in ((">/dev/full", "No space left on device"),
                               (">&-", "Bad file descriptor")):
            result = programs.run_in_shell(":", "sample_client", behind=behind,
                                           env=self.environment)
            self.check(result, status=172, stderr="sample_client: Cannot write to standard output: "
                       f"{reason}.\n")


class Faults(sample_programs.ProgramTest):
    # Crunch 28: a fault as `<program>: <condition> (<explanation>)`, status 172.
    def test_a_fault(self):
        self.check_client("--give=plain fault", status=172,
                          stderr="sample_client: it does not work (nobody knows why)\n")

    # Crunch 28: the fault's exit code.
    def test_a_fault_with_an_exit_code(self):
        self.check_client("--give=fault", status=7, stderr="sample_client: the milk is spilled\n")

    # Crunch 28: the errno for NotConnected.
    def test_not_connected(self):
        self.check_client("--give=nothing heard", status=111, stderr="sample_client: cannot connect "
                          'to "127.0.0.1:5051" ([Errno 111] Connection refused)\n')

    def test_a_connection_that_is_refused(self):
        with programs.refusing_port() as port:
            self.check_client("--give=connection", f"--server={port}", status=111,
                              stderr=f"sample_client: Connection to 127.0.0.1:{port} was refused\n")

    def test_a_fault_that_would_be_success_and_two_lines(self):
        self.check_client("--give=hostile fault", status=172,
                          stderr="sample_client: the glass\\x1b[2J\\x0ais broken (it fell)\n")

    def test_other_exceptions(self):
        self.check_client("--give=exception", status=172, stderr="sample_client: what a surprise\n")
        self.check_client("--give=integer", status=172,
                          stderr="sample_client: an exception of type int\n")
        self.check_client("--give=own status", status=3, stderr="sample_client: enough\n")

    # Crunch 28: the errno for NotListening. Crunch 22: a busy port is reported at once.
    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.check_server(f"--port={port}", status=98, stderr="sample_server: cannot listen at "
                              f'"127.0.0.1:{port}" ([Errno 98] Address already in use)\n')

    def test_an_address_that_this_machine_has_not(self):
        self.check_server("--host=192.0.2.1", "--port=0", status=99, stderr="sample_server: cannot "
                          'listen at "192.0.2.1:0" ([Errno 99] Cannot assign requested address)\n')


class Signals(sample_programs.ProgramTest):
    def start(self, name, *arguments):
        program = programs.Program(name, *arguments)
        self.addCleanup(program.__exit__)
        return program

    # Crunch 28: `aborted (user or software interrupt)` on Ctrl-C, status 172.
    def test_a_server_is_stopped(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server = self.start("sample_server", "--port=0")
            port = server.port()
            with programs.connect(port) as connection:
                connection.sendall(b"1:a,")
                self.assertEqual(connection.recv(100), b"1:a,")
                self.assertEqual(server.stop(number), 172)
                self.assertEqual(connection.recv(100), b"")
            self.assertEqual(server.err.rest(),
                             ["sample_server: aborted (user or software interrupt)"])

    def test_what_a_program_waits_for_is_given_up(self):
        client = self.start("sample_client", "--give=wait")
        client.out.until("waits")
        self.assertEqual(client.stop(signal.SIGINT), 172)
        self.assertEqual(client.err.rest(), [
            "waiting ends", "sample_client: aborted (user or software interrupt)"])


if __name__ == "__main__":
    programs.main()
