# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Couplet's programs and others: Twisted, and OpenBSD's netcat.

    python3 interop_test.py build/release/bin [CoupletClient | TwistedClient | Netcat]
"""

import importlib.util
import os
import shutil
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "examples"))

import programs  # noqa: E402
from programs import Program, run, run_command  # noqa: E402

TYGER, TYGER_BYTES = programs.poem("blake_the_tyger")
SAPPHO, SAPPHO_BYTES = programs.poem("sappho_midnight")
SERVERS = {"fast_poetry": [], "slow_poetry": ["--delay=0.01", "--num_bytes=50"], "raw_poetry": [],
           "lowlevel_poetry": []}
SKIPPED = 77  # what ctest takes for a test that was skipped


def twisted_server(*arguments):
    return Program(sys.executable, HERE / "twisted_servers.py", *arguments)


def twisted_client(*arguments, **options):
    return run(sys.executable, HERE / "twisted_client.py", *arguments, **options)


def netcat(*arguments, **options):
    return run_command(["nc", *map(str, arguments)], **options)


class Interop(unittest.TestCase):
    def check(self, result, stdout):
        self.assertEqual((result.returncode, result.stderr, result.stdout), (0, b"", stdout))


class CoupletClient(Interop):
    """get_poetry and transform_test with servers on Twisted."""

    def test_a_poem(self):
        with twisted_server("poetry", TYGER) as server:
            self.check(run("get_poetry", server.port()), TYGER_BYTES)

    def test_a_poem_in_pieces(self):
        with twisted_server("poetry", SAPPHO, 7) as server:
            self.check(run("get_poetry", server.port()), SAPPHO_BYTES)

    def test_a_poem_in_a_netstring(self):
        with twisted_server("poetry_netstring", SAPPHO) as server:
            self.check(run("get_poetry", "--netstring", server.port()), SAPPHO_BYTES)

    def test_several_poems_at_once(self):
        with twisted_server("poetry", TYGER, 100) as slow, twisted_server("poetry", SAPPHO) as fast:
            self.check(run("get_poetry", slow.port(), fast.port()), TYGER_BYTES + SAPPHO_BYTES)

    def test_transforms(self):
        with twisted_server("poetry", SAPPHO) as server, twisted_server("transform") as transforms:
            port, at = server.port(), transforms.port()
            self.check(run("get_poetry", f"--transform_server={at}", port),
                       SAPPHO_BYTES.decode().lower().encode())
            self.check(run("get_poetry", f"--transform_server={at}", "--transform=scream", port),
                       SAPPHO_BYTES.decode().upper().encode())

    def test_a_transform_that_the_server_does_not_know(self):
        with twisted_server("poetry", SAPPHO) as server, twisted_server("transform") as transforms:
            result = run("get_poetry", f"--transform_server={transforms.port()}",
                         "--transform=nope", server.port())
        self.assertEqual((result.returncode, result.stdout), (0, SAPPHO_BYTES))
        self.assertEqual(result.stderr, b"Nope failed! The server closed without an answer\n")

    def test_the_longest_poem_that_can_be_transformed(self):
        poem = b"LONG" * ((99999 - len("cummingsify.")) // 4)
        with programs.temporary_poem(poem) as path, twisted_server("poetry", path) as server, \
                twisted_server("transform") as transforms:
            self.check(run("get_poetry", f"--transform_server={transforms.port()}", server.port()),
                       poem.lower())

    def test_transform_test(self):
        with twisted_server("transform") as transforms:
            self.check(run("transform_test", transforms.port()), b"15:here is my poem,\n")


class TwistedClient(Interop):
    """A client on Twisted with Couplet's servers."""

    def test_a_poem(self):
        for name, flags in SERVERS.items():
            with self.subTest(name), Program(name, "--port=0", *flags, TYGER) as server:
                self.check(twisted_client("poem", server.port()), TYGER_BYTES)

    def test_a_poem_in_a_netstring(self):
        for name, flags in SERVERS.items():
            with self.subTest(name), \
                    Program(name, "--port=0", "--netstring", *flags, SAPPHO) as server:
                self.check(twisted_client("netstring", server.port()), SAPPHO_BYTES)

    def test_transforms(self):
        answers = {"cummingsify": SAPPHO_BYTES.decode().lower().encode(),
                   "slow_cummingsify": SAPPHO_BYTES.decode().lower().encode(),
                   "scream": SAPPHO_BYTES.decode().upper().encode(),
                   "reverse_lines": b"".join(SAPPHO_BYTES.splitlines(keepends=True)[::-1])}
        with Program("transform_server", "--port=0", "--delay=0.01") as server:
            port = server.port()
            for name, answer in answers.items():
                with self.subTest(name):
                    self.check(twisted_client("transform", port, name, input=SAPPHO_BYTES), answer)

    def test_the_longest_request(self):
        poem = b"X" * (99999 - len("cummingsify."))
        with Program("transform_server", "--port=0") as server:
            self.check(twisted_client("transform", server.port(), "cummingsify", input=poem),
                       poem.lower())

    def test_a_request_that_is_refused(self):
        with Program("transform_server", "--port=0") as server:
            result = twisted_client("transform", server.port(), "nope", input=b"A")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"ConnectionDone", result.stderr)

    def test_netstrings_come_back(self):
        strings = ["", "a", "4:1:a,,", "Σ" * 1000]
        with Program("netstring_echo", "--port=0") as server:
            self.check(twisted_client("echo", server.port(), *strings), "\n".join(strings).encode())


class Netcat(Interop):
    """nc with Couplet's servers, and with Couplet's client."""

    def test_a_poem(self):
        for name, flags in SERVERS.items():
            with self.subTest(name), Program(name, "--port=0", *flags, TYGER) as server:
                self.check(netcat("-d", "127.0.0.1", server.port()), TYGER_BYTES)

    def test_a_poem_over_ipv6(self):
        if not programs.has_ipv6():
            self.skipTest("no IPv6 here")
        with Program("fast_poetry", "--port=0", SAPPHO) as server:
            self.check(netcat("-d", "::1", server.port()), SAPPHO_BYTES)

    def test_a_poem_for_a_reader_that_has_said_its_last_word(self):
        for name in ("fast_poetry", "raw_poetry", "lowlevel_poetry"):
            with self.subTest(name), Program(name, "--port=0", SAPPHO) as server:
                self.check(netcat("-N", "127.0.0.1", server.port(), input=b""), SAPPHO_BYTES)

    def test_a_transform(self):
        for flags in (["-q", "1"], ["-q", "-1"], ["-N"]):
            with self.subTest(flags), Program("transform_server", "--port=0") as server:
                self.check(netcat(*flags, "127.0.0.1", server.port(),
                                  input=b"27:cummingsify.HERE IS MY POEM,"), b"15:here is my poem,")

    def test_half_a_request_and_its_end(self):
        with Program("transform_server", "--port=0") as server:
            self.check(netcat("-N", "127.0.0.1", server.port(), input=b"27:cummingsify.HERE"), b"")

    def test_what_is_no_request(self):
        with Program("transform_server", "--port=0") as server:
            self.check(netcat("-q", "1", "127.0.0.1", server.port(), input=b"hello\n"), b"")

    def test_netstrings_come_back(self):
        with Program("netstring_echo", "--port=0") as server:
            self.check(netcat("-N", "127.0.0.1", server.port(), input=b"0:,3:a,b,"), b"0:,3:a,b,")

    def test_netcat_serves_a_poem(self):
        with open(TYGER, "rb") as poem, \
                Program("nc", "-l", "-v", "-n", "-N", "127.0.0.1", "0", stdin=poem) as server:
            port = server.err.until("Listening on").split()[-1]
            self.check(run("get_poetry", port), TYGER_BYTES)


def missing_peers():
    missing = []
    if importlib.util.find_spec("twisted") is None:
        missing.append("python3-twisted")
    if not shutil.which("nc") or b"OpenBSD" not in netcat("-h").stderr:
        missing.append("netcat-openbsd")
    return missing


if __name__ == "__main__":
    if missing := missing_peers():
        print(f"Skipped: {' and '.join(missing)} missing; scripts/bootstrap --peers installs them.")
        sys.exit(1 if os.environ.get("COUPLET_REQUIRE_PEERS") == "1" else SKIPPED)
    programs.main()
