# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Attacks netstring_echo: peers that make it hold bytes cost it less than 1 MiB each, and others
are served meanwhile.

    python3 netstring_attack_test.py build/release/bin
"""

import contextlib
import itertools
import os
import socket
import unittest

import programs

MIB = 1 << 20
ATTACK_BYTES = 1024 * MIB
LONGEST = 99_999  # bytes of a payload
ROUNDS_WITHOUT_PROGRESS = 300  # then a peer is taken to be held off for good

# AddressSanitizer keeps what is freed, unless told otherwise, has a shadow of all memory, and takes
# new pages rather than old ones: what it shows is only that there is some bound.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0"
SHADOW = 32


def netstring(payload):
    return b"%d:%s," % (len(payload), payload)


def private_bytes(process):
    """What the process has for itself alone."""
    with open(f"/proc/{process.pid}/smaps_rollup", encoding="ascii") as lines:
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


class Attacker:
    """A connection that sends one message again and again, and never waits."""

    def __init__(self, port, message):
        self.socket = programs.connect(port)
        self.socket.setblocking(False)
        self.block = memoryview(message * max(1, MIB // len(message)))
        self.sent = 0

    def push(self):
        """Sends what the system takes; False when it takes nothing."""
        try:
            self.sent += self.socket.send(self.block[self.sent % len(self.block):])
        except BlockingIOError:
            return False
        return True

    def drain(self, most):
        try:
            return len(self.socket.recv(most))
        except BlockingIOError:
            return 0

    def close(self):
        self.socket.close()


class NetstringAttackTest(unittest.TestCase):
    def setUp(self):
        contexts = contextlib.ExitStack()
        self.addCleanup(contexts.close)
        self.program = contexts.enter_context(programs.Program("netstring_echo", "--port=0"))
        self.port = self.program.port()
        self.honest = contexts.enter_context(programs.connect(self.port))
        self.ping(b"x" * LONGEST)  # what everybody costs once
        with open(programs.command("netstring_echo")[0], "rb") as program:
            self.limit = MIB * (SHADOW if b"__asan_init" in program.read() else 1)
        self.before = private_bytes(self.program.process)

    def ping(self, payload=b"ping"):
        """Another client is served: one whole turn of the server, at least."""
        message = netstring(payload)
        self.honest.sendall(message)
        answer = b""
        while len(answer) < len(message):
            part = self.honest.recv(len(message))
            self.assertNotEqual(part, b"", "the honest client was dropped")
            answer += part
        self.assertEqual(answer, message)

    def attack(self, message):
        attacker = Attacker(self.port, message)
        self.addCleanup(attacker.close)
        return attacker

    def push_until_held_off(self, attacker):
        """Sends for as long as anything is taken, however slowly."""
        idle = 0
        while idle < ROUNDS_WITHOUT_PROGRESS and attacker.sent < ATTACK_BYTES:
            idle = 0 if attacker.push() else idle + 1
            if idle:
                self.ping()

    def grown(self):
        return private_bytes(self.program.process) - self.before

    def assertBounded(self, connections=1):
        self.assertLess(self.grown(), connections * self.limit)

    def test_a_peer_that_never_reads_is_held_off(self):
        for message in (netstring(b"x" * LONGEST), netstring(b"x" * 1000), netstring(b"")):
            with self.subTest(length=len(message)):
                attacker = self.attack(message)
                self.push_until_held_off(attacker)
                self.assertLess(attacker.sent, ATTACK_BYTES, "nothing held it off")
                self.assertBounded()
                attacker.close()
                self.ping()

    def test_a_peer_that_reads_just_enough_to_go_on_gains_nothing(self):
        attacker = self.attack(netstring(b"x" * LONGEST))
        worst = 0
        for turn in itertools.takewhile(lambda _: attacker.sent < ATTACK_BYTES, itertools.count()):
            if not attacker.push() and not attacker.drain(64 * 1024):
                self.ping()
            if turn % 100 == 0:
                worst = max(worst, self.grown())
        self.assertLess(worst, self.limit)
        self.ping()

    def test_many_that_never_read_cost_less_than_a_mebibyte_each(self):
        attackers = [self.attack(netstring(b"x" * LONGEST)) for _ in range(20)]
        for attacker in attackers:
            self.push_until_held_off(attacker)
        self.assertBounded(len(attackers))
        print(f"{self.grown() / len(attackers) / 1024:.0f} KiB for each peer that never reads")

    def test_messages_that_never_end_cost_no_more_than_they_are(self):
        attackers = [self.attack(netstring(b"x" * LONGEST)[:-1]) for _ in range(20)]
        for attacker in attackers:
            while attacker.sent < len(netstring(b"x" * LONGEST)) - 1:
                attacker.block = attacker.block[:LONGEST + 6]
                if not attacker.push():
                    self.ping()
        for _ in range(10):
            self.ping()
        self.assertBounded(len(attackers))
        print(f"{self.grown() / len(attackers) / 1024:.0f} KiB for each message that never ends")

    def test_a_length_alone_costs_nothing(self):
        for _ in range(200):
            self.attack(b"99999:").push()
        self.ping()
        self.assertBounded()

    def test_a_peer_that_closes_its_direction_and_never_reads_is_held_off_too(self):
        attacker = self.attack(netstring(b"x" * LONGEST))
        self.push_until_held_off(attacker)
        attacker.socket.shutdown(socket.SHUT_WR)
        for _ in range(10):
            self.ping()
        self.assertBounded()


if __name__ == "__main__":
    programs.main()
