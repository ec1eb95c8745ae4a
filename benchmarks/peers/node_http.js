// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An HTTP server on Node's.
'use strict';

const http = require('http');

const HELLO = Buffer.from('Hello, world!');

const server = http.createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': HELLO.length });
  response.end(HELLO);
});
server.keepAliveTimeout = 3600e3;
server.listen(0, '127.0.0.1', 511, () => {
  console.log(`Serving HTTP on 127.0.0.1:${server.address().port}.`);
});
