# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A WebSocket echo on the package websockets, on asyncio."""

import asyncio
import contextlib

import websockets


async def echo(socket, _=None):
    with contextlib.suppress(websockets.ConnectionClosed):
        async for message in socket:
            await socket.send(message)


async def main():
    async with websockets.serve(echo, "127.0.0.1", 0, compression=None, max_size=1 << 24,
                                ping_interval=None, backlog=511) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"Serving WebSocket on 127.0.0.1:{port}.", flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
