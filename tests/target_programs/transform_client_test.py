#!/usr/bin/python3
# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Runs the target program of a transform client against the transform server, and without one.

    transform_client_test.py PROGRAM SERVER
"""

import contextlib
import os
import re
import socket
import subprocess
import sys
import unittest

DEADLINE = 30  # seconds
PROGRAM, SERVER = sys.argv[1:3]


def run_client(port):
    """The program's end: status, and what it wrote to stdout and stderr."""
    done = subprocess.run([PROGRAM], env={**os.environ, "TRANSFORM_PORT": str(port)}, text=True,
                          capture_output=True, timeout=DEADLINE, check=False)
    return done.returncode, done.stdout, done.stderr


@contextlib.contextmanager
def transform_server():
    """The port of a transform server that runs meanwhile."""
    server = subprocess.Popen([SERVER, "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        yield int(re.search(r":(\d+)\.$", server.stdout.readline())[1])
    finally:
        server.kill()
        server.communicate(timeout=DEADLINE)


class TransformClientTest(unittest.TestCase):
    def test_prints_the_transformed_poem(self):
        with transform_server() as port:
            self.assertEqual(run_client(port), (0, "here is my poem\n", ""))

    def test_prints_the_original_and_why_when_there_is_no_server(self):
        with socket.socket() as refusing:
            refusing.bind(("127.0.0.1", 0))  # and does not listen
            status, out, err = run_client(refusing.getsockname()[1])
        self.assertEqual((status, out), (0, "HERE IS MY POEM\n"))
        self.assertRegex(err, r"^Cummingsify failed! .+\n$")

    def test_prints_the_original_when_the_server_closes_without_an_answer(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = subprocess.Popen(
                [PROGRAM], env={**os.environ, "TRANSFORM_PORT": str(server.getsockname()[1])},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            server.settimeout(DEADLINE)
            connection, _ = server.accept()
            self.assertTrue(connection.recv(100))
            connection.close()
            out, err = client.communicate(timeout=DEADLINE)
        self.assertEqual((client.returncode, out), (0, "HERE IS MY POEM\n"))
        self.assertRegex(err, r"^Cummingsify failed! .+\n$")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
