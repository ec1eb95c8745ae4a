// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A server of WebSockets by the package ws; websocket_servers_test.py says what its places do.
//
//     node websocket_node_server.js [compress]
'use strict';

const {WebSocketServer} = require('./websocket/node_modules/ws');

function echo(socket) {
  socket.on('message', (message, binary) => socket.send(message, {binary}));
}

const places = {
  '/echo': echo,
  '/pieces': (socket) => {
    socket.send('HERE ', {fin: false});
    socket.ping();
    socket.send('IS MY ', {fin: false});
    socket.send('POEM', {fin: true});
    echo(socket);
  },
  '/ping': (socket) => {
    socket.on('pong', (payload) => socket.send(`answered ${payload}`));
    socket.ping('are you there?');
  },
  '/close': (socket) => socket.close(4001, 'enough, ✓'),
  '/cut': (socket) => socket.terminate(),
  '/tell': (socket) => {
    echo(socket);
    socket.on('close', (code, reason) => console.log(`closed ${code} ${reason}`));
  },
};

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: process.argv[2] === 'compress',
  handleProtocols: (offered) => (offered.has('verse') ? 'verse' : false),
  verifyClient: ({req}) => req.url in places && req.headers.origin !== 'http://example.com',
});
server.on('connection', (socket, request) => places[request.url](socket));
server.on('listening', () => {
  console.log(`Serving WebSockets on 127.0.0.1:${server.address().port}.`);
});
