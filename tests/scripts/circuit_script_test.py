# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""scripts/circuit, with a program that is built: what it shows, and that nothing of it is left
behind, however it ends.

    python3 circuit_script_test.py build/release/bin
"""

import os
import re
import signal
import socket
import sys
import unittest

import scripted
from scripted import ROOT, programs

SCRIPT = ROOT / "scripts/circuit"
BIN = sys.argv[1]
FREE = ("--port=0", "--buzzer_port=0")


class Arguments(scripted.ScriptTest):
    SCRIPT = SCRIPT

    def test_help_is_the_comment_on_top(self):
        self.check_help(mentions="--buzzer_port=N")

    def test_unknown_arguments(self):
        for argument in ("--nonsense", "clock", "--bin=", "--tacks", ""):
            with self.subTest(argument):
                self.check(argument, status=2, stderr=(
                    f"circuit: unknown argument: {argument} (--help says which there are)\n"))

    def test_a_folder_without_programs(self):
        result = programs.run_command([SCRIPT, "--bin=/nowhere"])
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"circuit: the buzzer did not start\n", result.stderr)


class Circuit(unittest.TestCase):
    def start(self, *arguments):
        self.mark = f"COUPLET_CIRCUIT_TEST={os.getpid()}.{self.id()}"
        # In a session of its own, as at a terminal, where Ctrl-C is for the whole group.
        return self.enterContext(programs.Program(
            "setsid", "env", self.mark, SCRIPT, f"--bin={BIN}", *arguments))

    def check_end(self):
        programs.eventually(lambda: not scripted.processes_with(self.mark), os.sched_yield)
        self.assertEqual(scripted.processes_with(self.mark), [])

    def test_every_line_has_the_name_of_its_program(self):
        circuit = self.start(*FREE, "--tacks=2", "--delay=0")
        circuit.out.until("serving on")
        lines = [circuit.out.until("^In a browser: http://localhost:[0-9]+/ and http://")]
        while not lines[-1].startswith("The clock has ended"):
            lines.append(circuit.out.next())
        circuit.stop(signal.SIGTERM)
        lines += circuit.out.rest()  # what one says may come later than what another says then
        said = [line for line in lines if re.match(r"(clock |iopin |buzzer) \| ", line)]
        self.assertEqual([line for line in lines if line not in said],
                         [lines[0], "The clock has ended. Ctrl-C ends the others."])
        self.assertEqual([line for line in said if line.startswith("clock")], [
            f"clock  | [ clock ] {what}"
            for what in ("> 0", "< acknowledged", "> 1", "< acknowledged")])
        self.assertIn("iopin  | [ IOPin ] new tick triggered on /datafeed: 1", said)
        self.assertIn("buzzer | [ Buzzer ] ** new client connected, path=/datafeed", said)

    def test_ctrl_c_at_the_terminal_ends_all(self):
        circuit = self.start(*FREE, "--delay=60")
        circuit.out.until("clock .* acknowledged")
        os.killpg(circuit.process.pid, signal.SIGINT)
        self.assertEqual(circuit.wait(), 130)
        said = circuit.out.rest()
        for name in ("clock ", "iopin ", "buzzer"):
            self.assertIn(f"{name} | Keyboard interruption, aborting.", said)
        self.assertEqual(circuit.err.rest(), [])
        self.check_end()

    def test_it_is_terminated(self):
        circuit = self.start(*FREE, "--delay=60")
        circuit.out.until("clock .* acknowledged")
        self.assertEqual(circuit.stop(signal.SIGTERM), 143)
        self.check_end()

    def test_it_is_killed(self):
        circuit = self.start(*FREE, "--delay=60")
        circuit.out.until("clock .* acknowledged")
        circuit.stop(signal.SIGKILL)
        self.check_end()

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            circuit = self.start("--buzzer_port=0", f"--port={taken.getsockname()[1]}")
            self.assertEqual(circuit.wait(), 1)
        self.assertIn("iopin  | Cannot bind to this port! Is the server already running?",
                      circuit.out.rest())
        self.assertEqual(circuit.err.rest(), ["circuit: the iopin did not start"])
        self.check_end()


if __name__ == "__main__":
    programs.main()
