# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""A server on Python's http.server for the tests of fetch: http_python_server.py FOLDER. See
http_servers.py. It knows no chunks, and closes every connection."""

import functools
import http.server
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        place = getattr(self, f"get_{self.path[1:]}", super().do_GET)
        place()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.head(200, ("Content-Length", len(body)))
        self.wfile.write(body)

    def head(self, status, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def get_moved(self):
        self.head(302, ("Location", "/small.txt"))

    def get_nothing(self):
        self.head(204)

    def get_unmeasured(self):
        self.head(200)
        with open(f"{self.directory}/large.bin", "rb") as file:
            self.copyfile(file, self.wfile)

    def get_cut(self):
        self.head(200, ("Content-Length", 16))
        self.wfile.write(b"HERE IS ")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                         functools.partial(Handler, directory=sys.argv[1]))
print(f"Serving HTTP on 127.0.0.1:{server.server_port}.", flush=True)
server.serve_forever()
