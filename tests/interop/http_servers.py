# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Web servers of others, each in a folder of its own, on a port of its own, until its `with` block
ends. All answer the same:

    /small.txt, /empty.txt, /large.bin   SMALL, nothing and LARGE, modified at MODIFIED
    /moved                               302 to /small.txt
    /nothing                             204
    /unmeasured                          LARGE, without a Content-Length
    /echo                                the body that was posted
    /cut, /cut_chunks                    a body that ends in the middle, with a length and chunked

The functions yield the port.
"""

import contextlib
import os
import pathlib
import random
import socket
import subprocess
import tempfile
import time

from http_peers import HERE, find
from programs import DEADLINE, PlayedServer, Program

SMALL = b"HERE IS MY POEM\n"
LARGE = random.Random(1).randbytes(5 * 1000 * 1000)
MODIFIED = 1700000000  # when the files were, in seconds since 1970
MODIFIED_DATE = "Tue, 14 Nov 2023 22:13:20 GMT"


class Files:
    """A folder of files to serve, and room for what a server keeps."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)  # a server that root starts reads them as somebody else
        self.served = self.folder / "served"
        self.served.mkdir()
        for name, content in {"small.txt": SMALL, "empty.txt": b"", "large.bin": LARGE}.items():
            (self.served / name).write_bytes(content)
            os.utime(self.served / name, (MODIFIED, MODIFIED))


@contextlib.contextmanager
def files():
    with tempfile.TemporaryDirectory() as folder:
        yield Files(folder)


def free_port():
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def on_a_free_port(start, pid_file):
    """A server that takes no port 0. `start(port)` gives its Program, which writes `pid_file` once
    it listens, and ends where somebody else took the port meanwhile. Yields the port."""
    for _ in range(10):
        port = free_port()
        with start(port) as server:
            if listens(server, pid_file):
                yield port
                return
            error = server.err.rest()
    raise AssertionError(f"the server does not start: {error}")


def listens(server, pid_file):
    """Waits until it does, or has ended."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if pid_file.exists() and pid_file.read_text().strip():
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.process.wait(0.01)
            return False
    raise AssertionError("the server neither starts nor ends")


@contextlib.contextmanager
def cutting_server():
    """The port of a server that ends every response in the middle."""
    def play(connection):
        chunked = b" /cut_chunks " in connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" +
                           (b"Transfer-Encoding: chunked\r\n\r\n8\r\nHERE IS \r\n" if chunked else
                            b"Content-Length: 16\r\n\r\nHERE IS "))

    with PlayedServer(play) as server:
        yield server.port


NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/client;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream couplet {{
    server 127.0.0.1:{echo};
    keepalive 4;
  }}
  server {{
    listen 127.0.0.1:{port};
    root {folder}/served;
    location = /moved {{ return 302 /small.txt; }}
    location = /nothing {{ return 204; }}
    location = /unmeasured {{
      alias {folder}/served/large.bin;
      sub_filter_types *;
      sub_filter "a text that is not there" "";
    }}
    location = /echo {{
      proxy_pass http://couplet/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
    location = /short_bodies {{
      client_max_body_size 1k;
      proxy_pass http://couplet/;
    }}
    location = /echo_of_http10 {{ proxy_pass http://couplet/; }}
    location /cut {{
      proxy_pass http://127.0.0.1:{cut};
      proxy_http_version 1.1;
    }}
  }}
}}
"""


@contextlib.contextmanager
def nginx(kept):
    """nginx, which has our http_echo behind /echo."""
    def start(port):
        config = kept.folder / "nginx.conf"
        config.write_text(NGINX.format(folder=kept.folder, port=port, echo=echo_port, cut=cut))
        return Program(find("nginx"), "-e", "stderr", "-p", kept.folder, "-c", config)

    with Program("http_echo", "--port=0") as echo, cutting_server() as cut:
        echo_port = echo.port()
        with on_a_free_port(start, kept.folder / "nginx.pid") as port:
            yield port


APACHE = """
ServerRoot {folder}
ServerName 127.0.0.1
DefaultRuntimeDir {folder}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
Listen 127.0.0.1:{port}
User nobody
Group nogroup
{modules}
DocumentRoot {folder}/served
Redirect 302 /moved /small.txt
ScriptAlias /echo {folder}/echo
ScriptAlias /unmeasured {folder}/unmeasured
ScriptAlias /nothing {folder}/nothing
ProxyPass /cut http://127.0.0.1:{cut}/cut
ProxyPass /cut_chunks http://127.0.0.1:{cut}/cut_chunks
"""
APACHE_MODULES = ("mpm_event", "authz_core", "alias", "cgi", "proxy", "proxy_http")
APACHE_SCRIPTS = {"echo": r"printf 'Content-Type: text/plain\r\n\r\n'; cat",
                  "unmeasured": r"printf 'Content-Type: text/plain\r\n\r\n'; cat served/large.bin",
                  "nothing": r"printf 'Status: 204\r\n\r\n'"}


@contextlib.contextmanager
def apache(kept):
    for name, script in APACHE_SCRIPTS.items():
        path = kept.folder / name
        path.write_text(f"#!/bin/sh\ncd {kept.folder}\n{script}\n")
        path.chmod(0o755)
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
                        for name in APACHE_MODULES)

    def start(port):
        config = kept.folder / "apache.conf"
        config.write_text(APACHE.format(folder=kept.folder, port=port, cut=cut, modules=modules))
        return Program(find("apache2"), "-X", "-E", "/dev/stderr", "-f", config)

    with cutting_server() as cut, on_a_free_port(start, kept.folder / "apache.pid") as port:
        yield port


@contextlib.contextmanager
def scripted(kept, interpreter, script):
    """A server that is a script beside this one, and says its port."""
    with Program(interpreter, HERE / script, kept.served) as server:
        yield server.port()
