# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Programs of ours with a client and a server of the native protocol in Python, which know no more
of it than docs/native-protocol.md says.

    python3 native_test.py build/release/bin [CrunchServer | CrunchClient | CrunchComponent]
"""

import asyncio
import json
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "examples"))

import crunch_plays  # noqa: E402
import programs  # noqa: E402
from crunch_plays import HOST  # noqa: E402
from native_client import Fault, NativeClient  # noqa: E402

HELLO = {"hello": {"version": 1, "frame_limit": 1 << 20}}
MOST = 2**53 - 1


def netstring(frame):
    text = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
    return b"%d:%s," % (len(text), text)


def fault(name, condition, explanation="", exit_code=172, **more):
    return [name, {"condition": condition, "explanation": explanation, "error_code": 0,
                   "exit_code": exit_code, **more}]


def goodbye(explanation):
    return {"goodbye": fault("couplet.BadRequest", "bad request", explanation)}


def within(awaitable):
    return asyncio.wait_for(awaitable, programs.DEADLINE)


class NativeTest(unittest.IsolatedAsyncioTestCase, crunch_plays.CrunchTest):
    async def assert_fault(self, answer, expected):
        with self.assertRaises(Fault) as raised:
            await within(answer)
        self.assertEqual(list(raised.exception.args), expected)


class CrunchServer(NativeTest):
    def setUp(self):
        super().setUp()
        self.port = self.start_server().native

    async def connect(self, **options):
        client = NativeClient(*await asyncio.open_connection(HOST, self.port), **options)
        self.addCleanup(client.writer.close)
        return client

    async def check_alive(self, client):
        client.send(enquiry=7)
        self.assertEqual(await within(client.present.get()), 7)

    async def said_to(self, sent):
        """All frames that the server says to these bytes, up to its end."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        self.addCleanup(writer.close)
        writer.write(sent)
        frames = []
        while head := await within(reader.read(1)):
            head += await within(reader.readuntil(b":"))
            text = await within(reader.readexactly(int(head[:-1]) + 1))
            self.assertEqual(text[-1:], b",")
            frames.append(json.loads(text[:-1]))
        return frames

    # Crunch 23: Any number of requests is in flight; each answer comes by its id.
    async def test_a_thousand_at_once(self):
        client = await self.connect()
        answers = [client.ask("crunch_api.Multiply", {"x": n, "y": 2}) for n in range(1000)]
        self.assertEqual(await within(asyncio.gather(*answers)),
                         [("crunch_api.Output", {"value": 2.0 * n}) for n in range(1000)])
        self.assertEqual(client.waiting, {})

    # Crunch 23: A fault comes by its name, and ends its request only.
    async def test_faults(self):
        client = await self.connect()
        bad = "couplet.BadRequest", "bad request"
        cases = [("crunch_api.Divide", {"x": 1, "y": 0},
                  fault("crunch_api.DivideByZero", "cannot divide by zero")),
                 ("crunch_api.Cube", {},
                  fault("couplet.UnknownRequest", 'unknown request "crunch_api.Cube"')),
                 ("Multiply", {}, fault("couplet.UnknownRequest", 'unknown request "Multiply"')),
                 ("crunch_api.Multiply", {"x": 1, "z": 2},
                  fault(*bad, 'unknown member "z" in "Multiply"')),
                 ("crunch_api.Multiply", {"x": "six"},
                  fault(*bad, '"six" is not a number for member "x" of "Multiply"'))]
        answers = [client.ask(name, members) for name, members, _ in cases]
        for answer, (_, _, expected) in zip(answers, cases):
            await self.assert_fault(answer, expected)
        self.assertEqual(await within(client.ask("crunch_api.Multiply", {"x": 6, "y": 7})),
                         ("crunch_api.Output", {"value": 42.0}))

    # Crunch 23: Members that are no JSON are a fault, too: the frame around them is whole.
    async def test_members_that_are_no_json(self):
        client = await self.connect()
        answer = client.waiting[9] = asyncio.get_running_loop().create_future()
        client.writer.write(netstring(b'{"id":9,"request":["crunch_api.Multiply",{"x":nix}]}'))
        await self.assert_fault(answer, fault(
            "couplet.BadRequest", "bad request",
            'no JSON for member "x" of "Multiply", at byte 6, "ix}": Invalid value.'))
        await self.check_alive(client)

    # Crunch 23: What nobody waits for any more is answered all the same, and dropped.
    async def test_a_cancelled_request(self):
        client = await self.connect()
        answer = client.ask("crunch_api.Multiply", {"x": 6, "y": 7})
        answer.cancel()
        client.send(id=1000, cancel=True)  # of no request: means nothing
        await self.check_alive(client)
        await self.check_alive(client)
        self.assertEqual(client.waiting, {})

    # Crunch 23: Who is asked whether it is there says so, with the same number.
    async def test_enquiries(self):
        client = await self.connect()
        for number in (0, MOST):
            client.send(enquiry=number)
        client.send(present=3)  # which nobody asked for: means nothing
        self.assertEqual([await within(client.present.get()) for _ in range(2)], [0, MOST])

    # Crunch 23: The hello carries the version and a limit.
    async def test_hellos(self):
        def hello(**members):
            return netstring({"hello": members})

        cases = [(hello(version=2, frame_limit=1024), "version 2 of the protocol, and not 1"),
                 (hello(frame_limit=1024), "version 0 of the protocol, and not 1"),
                 (hello(version="1", frame_limit=1024),
                  '"1" is not an integer for member "version" of "Hello"'),
                 (hello(version=1, frame_limit=1023), "a frame limit below 1024"),
                 (hello(version=1), "a frame limit below 1024"),
                 (netstring({"id": 1, "request": ["crunch_api.Multiply", {}]}),
                  "a frame out of turn"),
                 (netstring(HELLO) * 2, "a frame out of turn")]
        for sent, explanation in cases:
            with self.subTest(sent):
                self.assertEqual(await self.said_to(sent), [HELLO, goodbye(explanation)])
        sent = hello(who="me", frame_limit=1024, version=1) + netstring({"enquiry": 1})
        end = netstring({"goodbye": fault("couplet.Aborted", "enough")})
        self.assertEqual(await self.said_to(sent + end), [HELLO, {"present": 1}])

    # Crunch 23: A frame that is none ends the connection, and says why.
    async def test_malformed_frames(self):
        asked = {"id": 1, "request": ["crunch_api.Multiply", {}]}
        cases = [[], {}, {"Enquiry": 1}, {"enquiry": 1, "present": 1}, {"enquiry": -1},
                 {"enquiry": MOST + 1}, {"enquiry": 1.0}, {"enquiry": "1"}, {**asked, "id": 0},
                 {**asked, "id": MOST + 1}, {"request": asked["request"], "id": 1},
                 {"id": 1, "request": ["crunch_api.Multiply"]}, {"id": 1, "request": [6, {}]},
                 {"id": 1, "request": ["n" * 256, {}]}, {"id": 1, "cancel": False},
                 {"request": asked["request"]}, {"id": 1, "enquiry": 1}]
        for frame in cases:
            with self.subTest(frame):
                self.assertEqual(await self.said_to(netstring(HELLO) + netstring(frame)),
                                 [HELLO, goodbye("a malformed frame")])
        unasked = netstring({"id": 3, "reply": ["crunch_api.Output", {}]})
        self.assertEqual(await self.said_to(netstring(HELLO) + unasked),
                         [HELLO, goodbye("an answer to no request, with the id 3")])

    # Crunch 23: What is longer than the limit, or no netstring, ends it without a word.
    async def test_no_netstrings(self):
        for sent in (b"1048577:", b"01:1,", b"2:{}x", b"GET / HTTP/1.1\r\n\r\n", b"-1:"):
            with self.subTest(sent):
                self.assertEqual(await self.said_to(netstring(HELLO) + sent), [HELLO])

    # Crunch 23: A frame may have all the bytes of the limit.
    async def test_the_longest_frame(self):
        client = await self.connect()
        text = b'{"id":1,"request":["crunch_api.Multiply",{"x":6,"y":7}]}'
        answer = client.waiting[1] = asyncio.get_running_loop().create_future()
        client.writer.write(netstring(text.rjust(1 << 20)))
        self.assertEqual(await within(answer), ("crunch_api.Output", {"value": 42.0}))

    # Crunch 23: Who says goodbye hears no more.
    async def test_goodbye(self):
        sent = [HELLO, {"goodbye": fault("crunch_api.Tired", "tired")}, {"enquiry": 1}]
        self.assertEqual(await self.said_to(b"".join(map(netstring, sent))), [HELLO])

    async def test_a_client_of_the_paper_as_a_program(self):
        result = await asyncio.to_thread(
            programs.run, sys.executable, HERE / "native_client.py", HOST, self.port,
            "crunch_api.Multiply", '{"x":6,"y":7}', "crunch_api.Cube", "{}")
        self.assertEqual((result.returncode, result.stderr.decode()), (0, ""))
        first, second = result.stdout.decode().splitlines()
        self.assertEqual(first, "('crunch_api.Output', {'value': 42.0})")
        self.assertRegex(second, r"\AFault\('couplet.UnknownRequest', \{'condition': 'unknown ")


class NativeServer(NativeClient):
    """The other side, in the hands of a test: what it is asked, and what of it is cancelled."""

    def __init__(self, reader, writer):
        super().__init__(reader, writer)
        self.asked, self.cancelled = asyncio.Queue(), asyncio.Queue()

    async def check_alive(self):
        self.send(enquiry=7)
        assert await within(self.present.get()) == 7

    def take(self, *frame):
        match frame:
            case [["id", n], ["request", [name, members]]]:
                self.asked.put_nowait((n, name, members))
            case [["id", n], ["cancel", True]]:
                self.cancelled.put_nowait(n)
            case _:
                super().take(*frame)


class Played(NativeTest):
    """A test that is the server of our programs."""

    async def asyncSetUp(self):
        self.accepted = asyncio.Queue()
        server = await asyncio.start_server(
            lambda *streams: self.accepted.put_nowait(NativeServer(*streams)), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.addCleanup(server.close)

    async def accept(self):
        server = await within(self.accepted.get())
        self.addCleanup(server.writer.close)
        return server


class CrunchClient(Played):
    def begin(self, *arguments):
        """Starts crunch_client; gives the future of its end."""
        return asyncio.create_task(asyncio.to_thread(
            programs.run, "crunch_client", "--native", f"--port={self.port}", *arguments))

    async def check_end(self, client, stdout="", stderr="", status=0):
        result = await client
        self.assertEqual((result.stdout.decode(), result.stderr.decode(), result.returncode),
                         (stdout, stderr, status))

    # Crunch 12, 23: A client of ours asks a server in another language.
    async def test_a_reply(self):
        client = self.begin("--x=6.0", "--y=7.0")
        server = await self.accept()
        number, *asked = await within(server.asked.get())
        self.assertEqual(asked, ["crunch_api.Multiply", {"x": 6.0, "y": 7.0}])
        server.send(id=number, reply=["crunch_api.Output", {"value": 42}])
        await self.check_end(client, stdout="Output(value=42.0)\n")

    # Crunch 23, 28: A fault has its name, known or not, and what a program ends with.
    async def test_faults(self):
        cases = [(fault("crunch_api.DivideByZero", "no"), "no", 172),
                 (["crunch_api.DivideByZero", {}], "cannot divide by zero", 172),
                 (fault("outside.Odd", "odd", "so it is", 7, colour="red"), "odd (so it is)", 7)]
        for answer, said, status in cases:
            with self.subTest(answer):
                client = self.begin("--request=Divide")
                server = await self.accept()
                number, _, _ = await within(server.asked.get())
                server.send(id=number, fault=answer)
                await self.check_end(client, stderr=f"crunch_client: {said}\n", status=status)

    # Crunch 23: A goodbye is the reason why a request fails.
    async def test_a_goodbye(self):
        client = self.begin()
        server = await self.accept()
        await within(server.asked.get())
        server.send(goodbye=fault("couplet.OutOfService", "closed today", exit_code=3))
        await self.check_end(client, stderr="crunch_client: closed today\n", status=3)


class CrunchComponent(Played):
    """crunch_component, which asks over two connections, and is asked by HTTP."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.public = crunch_plays.free_port()
        await asyncio.to_thread(
            self.start_quietly, "crunch_component", self.public, "--native",
            f"--crunch=127.0.0.1:{self.port}", f"--public={HOST}:{self.public}",
            f"--control={HOST}:{crunch_plays.free_port()}")
        self.servers = [await self.accept() for _ in range(2)]
        for server in self.servers:
            await server.check_alive()

    async def ask(self, target):
        """Asks by HTTP; gives where the response will come, and what ends that."""
        reader, writer = await asyncio.open_connection(HOST, self.public)
        self.addCleanup(writer.close)
        writer.write(f"GET {target} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n".encode())
        return reader, writer

    async def check_output(self, reader, value):
        head, _, body = (await within(reader.read())).partition(b"\r\n\r\n")
        self.assertEqual((head.split(b" ")[1], json.loads(body)),
                         (b"200", {"value": ["crunch_api.Output", {"value": value}, []]}))

    # Crunch 23: Several requests are in flight, and their answers come in any order.
    async def test_answers_in_another_order(self):
        responses = [await self.ask(f"/MulDiv?a={n}&b=1&c={n}&d=1") for n in range(1, 5)]
        for server in self.servers:
            asked = [await within(server.asked.get()) for _ in responses]
            self.assertEqual(len({number for number, _, _ in asked}), 4)
            for number, _, members in reversed(asked):
                server.send(id=number, reply=["crunch_api.Output", {"value": members["x"] * 10}])
        for n, (reader, _) in enumerate(responses, 1):
            await self.check_output(reader, n * 20.0)

    # Crunch 23: Who does not wait any more says so; the connection goes on.
    async def test_a_cancel(self):
        _, writer = await self.ask("/MulDiv")
        asked = [(await within(server.asked.get()))[0] for server in self.servers]
        writer.transport.abort()
        self.assertEqual([await within(server.cancelled.get()) for server in self.servers], asked)
        for server, number in zip(self.servers, asked):
            server.send(id=number, fault=fault("couplet.Aborted", "aborted"))
        reader, _ = await self.ask("/MulDiv?a=1&c=1")
        for server in self.servers:
            number, _, members = await within(server.asked.get())
            server.send(id=number, reply=["crunch_api.Output", {"value": members["x"]}])
        await self.check_output(reader, 2.0)


if __name__ == "__main__":
    programs.main()
