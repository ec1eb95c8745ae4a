// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A WebSocket echo on the package ws.
'use strict';

const { WebSocketServer } = require('../../tests/interop/websocket/node_modules/ws');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  backlog: 511,
  perMessageDeflate: false,
  maxPayload: 16 * 1024 * 1024,
});
server.on('connection', (socket) => {
  socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
  socket.on('error', () => socket.terminate());
});
server.on('listening', () => {
  console.log(`Serving WebSocket on 127.0.0.1:${server.address().port}.`);
});
