# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""What a PlayedServer says to a client of HTTP."""


def receive_head(connection):
    """The head of a request without a body; b"" at the end."""
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        data += chunk
    return data


def path_of(head):
    return head.split(b" ")[1].decode()


def answer_now(connection, status, body, head=b""):
    connection.sendall(b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b"
                       % (status, head, len(body), body))


def answer(connection, status, body):
    receive_head(connection)
    answer_now(connection, status, body)


def redirect_now(connection, to):
    answer_now(connection, b"302 Found", b"elsewhere", b"Location: %b\r\n" % to.encode())
