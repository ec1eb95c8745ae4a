// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A server on Node for the tests of fetch: node http_node_server.js FOLDER. See http_servers.py.
'use strict';

const fs = require('fs');
const http = require('http');
const path = require('path');

const folder = process.argv[2];

function file(request, response, name) {
  const {size, mtime} = fs.statSync(name);
  if (request.headers['if-modified-since'] === mtime.toUTCString()) {
    return response.writeHead(304).end();
  }
  response.writeHead(200, {'Content-Length': size});
  if (request.method === 'HEAD') return response.end();
  fs.createReadStream(name).pipe(response);
}

function cut(response, headers) {
  response.writeHead(200, headers);
  response.write('HERE IS ', () => response.destroy());
}

const places = {
  '/moved': (request, response) => response.writeHead(302, {Location: '/small.txt'}).end('there'),
  '/nothing': (request, response) => response.writeHead(204).end(),
  '/unmeasured': (request, response) =>
      fs.createReadStream(path.join(folder, 'large.bin')).pipe(response),
  '/echo': (request, response) => request.pipe(response),
  '/hints': (request, response) => {
    response.writeProcessing();
    response.writeEarlyHints({link: '</style.css>; rel=preload'});
    response.end('after two hints');
  },
  '/trailers': (request, response) => {
    response.writeHead(200, {Trailer: 'X-Lines'});
    response.write('HERE IS MY POEM\n');
    response.addTrailers({'X-Lines': '1'});
    response.end();
  },
  '/cut': (request, response) => cut(response, {'Content-Length': 16}),
  '/cut_chunks': (request, response) => cut(response, {}),
};

const server = http.createServer((request, response) => {
  const name = path.join(folder, path.basename(request.url));
  if (request.url in places) return places[request.url](request, response);
  if (fs.existsSync(name)) return file(request, response, name);
  response.writeHead(404).end('not here');
});

server.listen(0, '127.0.0.1', () => {
  console.log(`Serving HTTP on 127.0.0.1:${server.address().port}.`);
});
