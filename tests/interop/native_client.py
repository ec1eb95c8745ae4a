# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Asks by docs/native-protocol.md alone: native_client.py HOST PORT (NAME MEMBERS)..."""
import asyncio, itertools, json, sys

class Fault(Exception):
    """Its arguments are its name and its members."""

class NativeClient:
    """ask() gives the future of (name, members), or a Fault; who cancels it cancels the request."""
    def __init__(self, reader, writer, frame_limit=1 << 20):
        self.reader, self.writer, self.frame_limit = reader, writer, frame_limit
        self.ids, self.waiting, self.present = itertools.count(1), {}, asyncio.Queue()
        self.hello, self.reading = None, asyncio.create_task(self.read())
        self.send(hello={"version": 1, "frame_limit": frame_limit})

    def send(self, **frame):
        text = json.dumps(frame, allow_nan=False).encode()
        self.writer.write(b"%d:%s," % (len(text), text))

    def ask(self, name, members):
        if self.reading.done(): raise ConnectionError("not connected")
        number, answer = next(self.ids), asyncio.get_running_loop().create_future()
        self.send(id=number, request=[name, members])
        answer.add_done_callback(lambda it: it.cancelled() and self.send(id=number, cancel=True))
        return self.waiting.setdefault(number, answer)

    async def read(self):
        try:
            while True:
                length = int(digits := (await self.reader.readuntil(b":"))[:-1])
                if digits != b"%d" % length or length > self.frame_limit: raise ValueError(digits)
                text = await self.reader.readexactly(length + 1)
                self.take(*json.loads(text.removesuffix(b",")).items())
        except Exception as end:
            if not isinstance(end, (Fault, EOFError, OSError)):
                self.send(goodbye=["couplet.BadRequest", {"condition": repr(end)}])
            for answer in self.waiting.values(): answer.done() or answer.set_exception(end)
            self.writer.close()

    def take(self, *frame):
        match frame:
            case [["hello", {"version": 1, **more}]] if self.hello is None: self.hello = more
            case [["goodbye", [name, members]]]: raise Fault(name, members)
            case _ if self.hello is None: raise ValueError("no hello of version 1")
            case [["id", n], ["reply" | "fault" as kind, [str(), dict()] as message]]:
                answer = self.waiting.pop(n)
                if not answer.cancelled() and kind == "reply": answer.set_result(tuple(message))
                elif not answer.cancelled(): answer.set_exception(Fault(*message))
            case [["id", n], ["request", _]]: self.send(id=n, fault=["couplet.UnknownRequest", {}])
            case [["id", _], ["cancel", True]]: pass
            case [["enquiry", n]]: self.send(present=n)
            case [["present", n]]: self.present.put_nowait(n)
            case _: raise ValueError("a malformed frame")

async def main(host, port, *asked):
    client = NativeClient(*await asyncio.open_connection(host, port))
    answers = [client.ask(*one) for one in zip(asked[::2], map(json.loads, asked[1::2]))]
    for answer in await asyncio.gather(*answers, return_exceptions=True): print(repr(answer))

if __name__ == "__main__": asyncio.run(main(*sys.argv[1:]))
