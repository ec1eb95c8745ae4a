// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A netstring echo on Node.
'use strict';

const net = require('net');

const MAX_LENGTH = 99999;
const MOST_DIGITS = 5;
const COLON = ':'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const END = Buffer.from(',');

// Takes netstrings out of a stream of buffers.
class NetstringParser {
  constructor() {
    this.bytes = Buffer.alloc(0);
  }

  // The payloads that are whole with these bytes. Throws for what is no netstring.
  feed(bytes) {
    this.bytes = this.bytes.length ? Buffer.concat([this.bytes, bytes]) : bytes;
    const payloads = [];
    let at = 0;
    for (;;) {
      const colon = this.bytes.indexOf(COLON, at);
      if (colon < 0) {
        if (this.bytes.length - at > MOST_DIGITS) throw new Error('no netstring');
        break;
      }
      const length = Number(this.bytes.latin1Slice(at, colon));
      if (!(length <= MAX_LENGTH)) throw new Error('no netstring');
      const end = colon + 1 + length;
      if (this.bytes.length <= end) break;
      if (this.bytes[end] !== COMMA) throw new Error('no netstring');
      payloads.push(this.bytes.subarray(colon + 1, end));
      at = end + 1;
    }
    this.bytes = this.bytes.subarray(at);
    return payloads;
  }
}

function netstring(payload) {
  return [Buffer.from(`${payload.length}:`), payload, END];
}

function serve(socket) {
  const parser = new NetstringParser();
  socket.setNoDelay();
  socket.on('data', (bytes) => {
    try {
      const answers = parser.feed(bytes).flatMap(netstring);
      if (answers.length) socket.write(Buffer.concat(answers));
    } catch {
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
}

const server = net.createServer(serve);
server.listen(0, '127.0.0.1', 511, () => {
  console.log(`Serving netstrings on 127.0.0.1:${server.address().port}.`);
});
