# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A server of WebSockets by the package websockets; websocket_servers_test.py says what its places
do.

    python3 websocket_python_server.py [compress]
"""

import asyncio
import contextlib
import http
import sys

import websockets


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def pieces(socket):
    await socket.send(["HERE ", "IS MY ", "POEM"])
    await echo(socket)


async def ping(socket):
    await (await socket.ping("are you there?"))
    await socket.send("answered are you there?")
    await socket.wait_closed()


async def close(socket):
    await socket.close(4001, "enough, ✓")


async def cut(socket):
    socket.transport.abort()


async def tell(socket):
    with contextlib.suppress(websockets.ConnectionClosed):
        await echo(socket)
    print("closed", socket.close_code, socket.close_reason, flush=True)


PLACES = {"/echo": echo, "/pieces": pieces, "/ping": ping, "/close": close, "/cut": cut,
          "/tell": tell}


async def serve(socket, *_):
    with contextlib.suppress(websockets.ConnectionClosed):
        await PLACES[socket.path](socket)


async def look(path, headers):
    if path not in PLACES or headers.get("Origin") == "http://example.com":
        return http.HTTPStatus.UNAUTHORIZED, {}, b""


async def main():
    compression = "deflate" if sys.argv[1:] == ["compress"] else None
    async with websockets.serve(serve, "127.0.0.1", 0, compression=compression, max_size=None,
                                subprotocols=["verse"], process_request=look) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"Serving WebSockets on 127.0.0.1:{port}.", flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
