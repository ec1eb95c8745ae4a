# Copyright (c) the Couplet authors. MIT license, see LICENSE.
"""The API of crunch_server on Twisted Web and json."""

import json

from twisted_http import serve

from twisted.web.resource import Resource

DIVIDE_BY_ZERO = {"condition": "cannot divide by zero", "explanation": "", "error_code": 0,
                  "exit_code": 172}


class Sum(Resource):
    isLeaf = True

    def render_GET(self, request):
        try:
            x, y = (float(request.args.get(name, [b"0"])[0]) for name in (b"x", b"y"))
        except ValueError:
            request.setResponseCode(400)
            return b""
        message = self.answer(request, x, y)
        request.setHeader(b"content-type", b"application/json")
        return json.dumps({"value": [*message, []]}, separators=(",", ":")).encode()


class Multiply(Sum):
    def answer(self, request, x, y):
        return "crunch_api.Output", {"value": x * y}


class Divide(Sum):
    def answer(self, request, x, y):
        if y == 0:
            request.setResponseCode(422)
            return "crunch_api.DivideByZero", DIVIDE_BY_ZERO
        return "crunch_api.Output", {"value": x / y}


if __name__ == "__main__":
    root = Resource()
    root.putChild(b"Multiply", Multiply())
    root.putChild(b"Divide", Divide())
    serve(root)
