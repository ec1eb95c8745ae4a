# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""An API's OpenAPI document, as a validator from npm sees it, and what the API really answers.

    python3 openapi_test.py build/release/bin build/release/tests/api_server
"""

import json
import os
import subprocess
import sys
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import http_peers
import programs
from programs import DEADLINE, Program

FOLDER = Path(__file__).resolve().parent / "openapi"
SERVER = sys.argv.pop(2)


class OpenAPI(unittest.TestCase):
    NEEDS = ("node", "@seriousme/openapi-schema-validator")

    def setUp(self):
        server = self.enterContext(Program(SERVER))
        self.url = f"http://127.0.0.1:{server.port()}/api/"
        self.document = self.ask("openapi.json")[1]

    def ask(self, target, body=None, content_type="application/json"):
        """The status and the JSON of an answer."""
        data = None if body is None else body.encode()
        request = urllib.request.Request(self.url + target, data, {"Content-Type": content_type})
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def complaints(self, document, answers=()):
        told = http_peers.run("node", FOLDER / "validate.js", input=json.dumps(
            {"document": document, "answers": answers}).encode())
        self.assertEqual((told.returncode, told.stderr), (0, b""))
        return told.stdout.decode().splitlines()

    def answer(self, path, method="get", **request):
        status, body = self.ask(path, **request)
        return {"path": "/" + path.partition("?")[0], "method": method, "status": status,
                "body": body}

    def test_the_document_and_its_defaults_are_valid(self):
        self.assertEqual(self.complaints(self.document), [])

    def test_answers_are_as_it_says(self):
        everything = self.document["components"]["schemas"]["kinds.Everything"]["properties"]
        byDefault = {name: schema["default"] for name, schema in everything.items()}
        given = {"maybe": 3, "maybe_point": {"x": 2}, "maybe_colour": "red", "words": ["a", None],
                 "maybe_true": False, "maybe_points": [{}]}
        answers = [
            self.answer("Multiply?x=1.5&y=2.25"),
            self.answer("Multiply?x=13"),
            self.answer("Multiply?z=1"),
            self.answer("Reset"),
            self.answer("Everything"),
            self.answer("Everything", "post", body=json.dumps(byDefault | given)),
            self.answer("Tree", "post", body='{"children":[{"named":{"a":{"children":[{}]}}}]}'),
        ]
        self.assertEqual([answer["status"] for answer in answers],
                         [200, 422, 400, 200, 200, 200, 200])
        self.assertEqual(answers[4]["body"]["value"][1], byDefault)
        self.assertEqual(answers[5]["body"]["value"][1] | {"maybe_point": 0, "maybe_points": 0},
                         byDefault | given | {"maybe_point": 0, "maybe_points": 0})
        self.assertEqual(self.complaints(self.document, answers), [])

    def test_parameters_are_taken_as_it_says(self):
        """Each with its default, plain or as JSON."""
        fields = {}
        for parameter in self.document["paths"]["/Everything"]["get"]["parameters"]:
            if "content" in parameter:
                value = parameter["content"]["application/json"]["schema"].get("default")
                fields[parameter["name"]] = json.dumps(value)
            else:
                value = parameter["schema"].get("default")
                fields[parameter["name"]] = value if isinstance(value, str) else json.dumps(value)
        fields = {name: value for name, value in fields.items() if value != "null"}
        status, body = self.ask("Everything?" + urllib.parse.urlencode(fields))
        self.assertEqual((status, body), self.ask("Everything"))
        form = "application/x-www-form-urlencoded"
        self.assertEqual(self.ask("Everything", urllib.parse.urlencode(fields), form),
                         (status, body))

    def test_the_validator_finds_what_is_wrong(self):
        """Or the other tests would prove nothing."""
        answer = self.answer("Multiply?x=1")
        answer["body"]["value"][1]["value"] = "text"
        self.assertRegex("\n".join(self.complaints(self.document, [answer])),
                         "get /Multiply 200: .*must be number")
        schema = self.document["components"]["schemas"]["kinds.Point"]["properties"]["x"]
        schema["default"] = 1.5
        self.assertRegex("\n".join(self.complaints(self.document)), "kinds.Point x: .*integer")
        del self.document["info"]
        self.assertRegex("\n".join(self.complaints(self.document)), "no OpenAPI: .*info")


if __name__ == "__main__":
    http_peers.main()
