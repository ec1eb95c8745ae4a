# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What the programs say to command lines that they cannot obey, and the statuses that they end with."""

import socket
import unittest

import programs
from programs import Program, run

TYGER, _ = programs.poem("blake_the_tyger")
POEM_SERVERS = ("fast_poetry", "slow_poetry", "raw_poetry", "lowlevel_poetry")
SERVERS = POEM_SERVERS + ("transform_server", "netstring_echo", "poems")
PROGRAMS = SERVERS + ("get_poetry", "transform_test")


class CommandLine(unittest.TestCase):
    def check_refused(self, name, *arguments, reason):
        """One line on standard error, `program: reason`, and status 2."""
        with self.subTest(name, arguments=arguments):
            result = run(name, *arguments)
            self.assertEqual(result.stderr.decode(), f"{name}: {reason}\n")
            self.assertEqual(result.stdout, b"")
            self.assertEqual(result.returncode, 2)

    def test_ports_must_be_integers(self):
        for port in ("poetry", "10x", "localhost:", "localhost", "::", "1.5", ""):
            self.check_refused("get_poetry", port, reason="error: Ports must be integers.")
        self.check_refused("get_poetry", "10000", "x", reason="error: Ports must be integers.")
        self.check_refused("get_poetry", "--transform_server=x", "10000",
                           reason="error: Ports must be integers.")
        self.check_refused("transform_test", "x", reason="error: Ports must be integers.")

    def test_a_port_out_of_range(self):
        for port in ("0", "65536", "localhost:70000", "99999999999999999999"):
            self.check_refused("get_poetry", port, reason="error: Ports must be from 1 to 65535.")
        self.check_refused("transform_test", "65536", reason="error: Ports must be from 1 to 65535.")
        for name in SERVERS:
            poem = [TYGER] if name in POEM_SERVERS else []
            for port in ("65536", "-1"):
                self.check_refused(name, f"--port={port}", *poem,
                                   reason=f"--port must be from 0 to 65535, not {port}.")

    def test_no_such_file(self):
        for name in POEM_SERVERS:
            self.check_refused(name, "--port=0", "nowhere/poem.txt",
                               reason="No such file: nowhere/poem.txt")

    def test_what_cannot_be_read(self):
        for name in POEM_SERVERS:
            self.check_refused(name, "--port=0", "/", reason="Cannot read /: Is a directory.")

    def test_no_poem(self):
        for name in ("fast_poetry", "slow_poetry"):
            self.check_refused(name, reason="Provide at least one poetry file.")
        for name in ("raw_poetry", "lowlevel_poetry"):
            self.check_refused(name, reason="Provide exactly one poetry file.")
            self.check_refused(name, TYGER, TYGER, reason="Provide exactly one poetry file.")

    def test_no_server(self):
        result = run("tutorial/gather")
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (2, b"", b"gather: Give me the ports of poems.\n"))

    def test_too_many_arguments(self):
        for name in ("transform_server", "netstring_echo", "poems"):
            self.check_refused(name, "poem.txt",
                               reason="Bad arguments. There is no use for 'poem.txt'.")
        self.check_refused("transform_test", "1", "2", reason="Provide exactly one port.")

    def test_an_unknown_flag(self):
        for name in PROGRAMS:
            self.check_refused(name, "--no-such-flag", reason="Unknown flag: --no-such-flag")
            self.check_refused(name, "--color=blue", reason="Unknown flag: --color")

    def test_control_characters_are_escaped(self):
        self.check_refused("poems", "--a\x1b[31m\nb", reason=r"Unknown flag: --a\x1b[31m\x0ab")

    def test_a_value_of_a_wrong_type(self):
        for name in SERVERS:
            self.check_refused(name, "--port=abc",
                               reason="--port needs a whole number, not 'abc'.")
        self.check_refused("slow_poetry", "--delay=soon", TYGER,
                           reason="--delay needs a number, not 'soon'.")
        self.check_refused("get_poetry", "--progress=maybe", "1",
                           reason="--progress needs true or false, not 'maybe'.")
        self.check_refused("get_poetry", "--timeout", reason="--timeout needs a value.")

    def test_a_value_that_cannot_be(self):
        for number in ("0", "-1"):
            self.check_refused("slow_poetry", f"--num_bytes={number}", TYGER,
                               reason="--num_bytes must be at least 1.")
        for delay in ("-1", "inf", "nan", "1e9"):
            self.check_refused("slow_poetry", f"--delay={delay}", TYGER, reason="--delay must be "
                               f"from 0 to 86400 seconds, not {delay.replace('1e9', '1e+09')}.")
        for timeout in ("0", "-5"):
            self.check_refused("get_poetry", f"--timeout={timeout}", "1", reason="--timeout must "
                               f"be from 0.001 to 86400 seconds, not {timeout}.")

    def test_the_name_of_a_transform(self):
        for name in ("", "a.b"):
            self.check_refused("get_poetry", f"--transform={name}", "--transform_server=1", "1",
                               reason=f"Not the name of a transform: '{name}'.")
        self.check_refused("get_poetry", "--transform=scream", "1",
                           reason="--transform needs --transform_server.")

    def test_an_ipv6_address_without_brackets(self):
        self.check_refused("get_poetry", "::1:10000", reason="Not a host: ::1 "
                           "(an IPv6 address stands in brackets: [::1]:10000).")

    def test_an_interface_that_is_none(self):
        for name in SERVERS:
            poem = [TYGER] if name in POEM_SERVERS else []
            self.check_refused(name, "--iface=eth0", *poem, reason="Not an interface: eth0 "
                               "(write localhost or a numeric address).")

    def test_an_interface_that_this_machine_has_not(self):
        for name in SERVERS:
            poem = [TYGER] if name in POEM_SERVERS else []
            result = run(name, "--port=0", "--iface=192.0.2.1", *poem)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr.decode(), rf"\A{name}: .*192\.0\.2\.1.*\n\Z")

    def test_a_poem_that_is_too_long_to_serve(self):
        with programs.temporary_poem(b"x" * ((64 << 20) + 1)) as path:
            for name in POEM_SERVERS:
                self.check_refused(name, "--port=0", path, reason=f"{path} is too long for a poem: "
                                   "it has more than 67108864 bytes.")

    def test_the_longest_poem(self):
        with programs.temporary_poem(b"x" * (64 << 20)) as path, \
                Program("fast_poetry", "--port=0", path) as server:
            result = run("get_poetry", "--timeout=25", server.port())
            self.assertEqual((result.returncode, len(result.stdout)), (0, 64 << 20))
            self.assertEqual(server.stop(), 0)
            self.assertEqual(server.err.rest(), [])

    def test_a_poem_that_does_not_fit_a_netstring(self):
        with programs.temporary_poem(b"x" * 100000) as path:
            for name in POEM_SERVERS:
                self.check_refused(name, "--port=0", "--netstring", path, reason=f"{path} does not "
                                   "fit a netstring: it has 100000 bytes, a netstring at most 99999.")

    def test_a_poem_that_just_fits(self):
        with programs.temporary_poem(b"x" * 99999) as path, \
                Program("fast_poetry", "--port=0", "--netstring", path) as server:
            result = run("get_poetry", "--netstring", server.port())
            self.assertEqual((result.returncode, len(result.stdout)), (0, 99999))

    def test_an_address_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for name in SERVERS:
                result = run(name, f"--port={port}", *([TYGER] if name in POEM_SERVERS else []))
                self.assertEqual(result.returncode, 98, name)
                self.assertRegex(result.stderr.decode(), rf"\A{name}: .*{port}.*in use\.\n\Z")

    def test_a_help_that_cannot_be_printed(self):
        for behind, reason in ((">/dev/full", "No space left on device"),
                               (">&-", "Bad file descriptor")):
            result = programs.run_in_shell(":", "poems", "--help", behind=behind)
            self.assertEqual((result.stderr.decode(), result.returncode),
                             (f"poems: Cannot write to standard output: {reason}.\n", 1))

    def test_too_few_descriptors(self):
        for limit in range(4, 12):
            result = programs.run_in_shell(f"ulimit -n {limit}", "http_echo", "--port=0",
                                           "--iface=192.0.2.1")
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr.decode(), r"\Ahttp_echo: .*\n\Z")

    def test_no_arguments_for_the_client(self):
        result = run("get_poetry")
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertTrue(result.stderr.startswith(b"Usage: get_poetry [FLAG]... [HOST:]PORT...\n"))

    def test_help(self):
        for name in PROGRAMS:
            with self.subTest(name):
                result = run(name, "--help")
                self.assertEqual((result.returncode, result.stderr), (0, b""))
                self.assertRegex(result.stdout.decode(), rf"\AUsage: {name} ")
        self.assertIn(b"--num_bytes=10\n", run("slow_poetry", "--help").stdout)

    def test_dashes_and_underscores_are_the_same(self):
        for flag in ("--transform_server=x", "--transform-server=x", "-transform-server=x"):
            self.check_refused("get_poetry", flag, "1", reason="error: Ports must be integers.")


if __name__ == "__main__":
    programs.main()
