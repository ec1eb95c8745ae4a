# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""Headless Chromium for tests, driven by the W3C's WebDriver protocol.

With COUPLET_SCREENSHOTS=FOLDER it leaves pictures there.
"""

import base64
import contextlib
import json
import os
import re
import urllib.request
from pathlib import Path

import http_peers
from programs import DEADLINE, Program

NEEDS = ("chromium", "chromedriver")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of a reference to one


@contextlib.contextmanager
def driver():
    """The port of a chromedriver, until the `with` block ends."""
    with Program(http_peers.find("chromedriver"), "--port=0") as program:
        started = program.out.until("started successfully on port")
        yield re.search(r"port (\d+)", started).group(1)


class Browser:
    """A session of chromedriver at this port."""

    def __init__(self, port, *, scripts=True):
        self.url = f"http://127.0.0.1:{port}/session"
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--window-size=900,1100",
                     "--disable-background-networking", "--no-proxy-server",
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        options = {"args": arguments, "binary": http_peers.find("chromium"),
                   "prefs": {"profile.managed_default_content_settings.javascript":
                             1 if scripts else 2}}
        session = self.call("POST", "", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"implicit": DEADLINE * 1000, "script": DEADLINE * 1000}}}})
        self.url += "/" + session["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=DEADLINE) as response:
            return json.load(response)["value"]

    def open(self, url):
        self.call("POST", "/url", {"url": url})

    def find(self, css):
        """The path of the first such element, once there is one."""
        found = self.call("POST", "/element", {"using": "css selector", "value": css})
        return "/element/" + found[ELEMENT]

    def write(self, css, text):
        element = self.find(css)
        self.call("POST", element + "/clear", {})
        self.call("POST", element + "/value", {"text": text})

    def click(self, css):
        self.call("POST", self.find(css) + "/click", {})

    def text(self, css):
        return self.call("GET", self.find(css) + "/text")

    def property(self, css, name):
        return self.call("GET", f"{self.find(css)}/property/{name}")

    def run(self, script):
        return self.call("POST", "/execute/sync", {"script": script, "args": []})

    def wait_for(self, script):
        """What the promise gives that the script returns, or the text of its error."""
        script = f"(async () => {{ {script} }})().catch(String).then(arguments[0]);"
        return self.call("POST", "/execute/async", {"script": script, "args": []})

    def complaints(self):
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]

    def picture(self, name):
        if folder := os.environ.get("COUPLET_SCREENSHOTS"):
            Path(folder, name).write_bytes(base64.b64decode(self.call("GET", "/screenshot")))

    def quit(self):
        self.call("DELETE", "")
