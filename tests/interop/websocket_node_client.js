// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Talks with ws_echo by the package ws:
//
//     node websocket_node_client.js '{"compression": true}' TALK URL [ARGUMENT]...
//
// Prints what it was told, as JSON. The talks are those of websocket_conversation.js, and more.
'use strict';

const {WebSocket: Package} = require('./websocket/node_modules/ws');

const options = JSON.parse(process.argv[2]);

globalThis.WebSocket = class extends Package {
  constructor(url, protocols) {
    super(url, protocols, {perMessageDeflate: options.compression, headers: options.headers});
  }
};
const {endedBy, ended, open, received, talks} = require('./websocket_conversation.js');

talks.pieces = async (url, ...pieces) => {
  const socket = await open(url);
  const back = received(socket);
  pieces.forEach((piece, i) => {
    socket.send(piece, {fin: i + 1 === pieces.length});
    socket.ping();
  });
  const told = await back;
  await endedBy(socket);
  return told;
};

talks.pings = async (url, payload) => {
  const socket = await open(url);
  const pong = new Promise((resolve) => socket.on('pong', (bytes) => resolve(bytes.toString())));
  socket.ping(payload);
  const told = await pong;
  await endedBy(socket);
  return told;
};

/// Says that it is there, and waits for the server to close.
talks.waits = async (url) => {
  const socket = await open(url);
  const end = ended(socket);
  console.log('open');
  return end;
};

const [name, ...given] = process.argv.slice(3);
talks[name](...given).then((told) => console.log(JSON.stringify(told)));
