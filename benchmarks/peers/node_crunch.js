// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The API of crunch_server on Node's HTTP server.
'use strict';

const http = require('http');

const BASE = 'http://127.0.0.1';

function reply(response, status, name, message) {
  const text = Buffer.from(JSON.stringify({ value: [name, message, []] }));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': text.length });
  response.end(text);
}

function multiply(response, x, y) {
  reply(response, 200, 'crunch_api.Output', { value: x * y });
}

function divide(response, x, y) {
  if (y === 0) {
    reply(response, 422, 'crunch_api.DivideByZero', {
      condition: 'cannot divide by zero', explanation: '', error_code: 0, exit_code: 172,
    });
  } else {
    reply(response, 200, 'crunch_api.Output', { value: x / y });
  }
}

const HANDLERS = new Map([['/Multiply', multiply], ['/Divide', divide]]);

const server = http.createServer((request, response) => {
  const url = new URL(request.url, BASE);
  const handler = HANDLERS.get(url.pathname);
  const x = Number(url.searchParams.get('x') ?? 0);
  const y = Number(url.searchParams.get('y') ?? 0);
  if (!handler || Number.isNaN(x) || Number.isNaN(y)) {
    response.writeHead(handler ? 400 : 404, { 'Content-Length': 0 });
    response.end();
  } else {
    handler(response, x, y);
  }
});
server.keepAliveTimeout = 3600e3;
server.listen(0, '127.0.0.1', 511, () => {
  console.log(`Serving HTTP on 127.0.0.1:${server.address().port}.`);
});
