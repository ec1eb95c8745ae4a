// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a page does with ws_echo, and a program on Node whose WebSocket is like a browser's. Each
// gives what it was told, as JSON can have it.
'use strict';

const LARGEST = 16 * 1024 * 1024;

function open(url, protocols = []) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => resolve(socket);
    socket.onerror = () => reject(new Error('no WebSocket'));
  });
}

function ended(socket) {
  return new Promise((resolve) => {
    socket.onerror = () => {};
    socket.onclose = ({code, reason, wasClean}) => resolve({code, reason, wasClean});
  });
}

function received(socket) {
  return new Promise((resolve, reject) => {
    socket.onmessage = ({data}) => resolve(data);
    socket.onclose = ({code, reason}) => reject(new Error(`closed: ${code} ${reason}`));
  });
}

async function endedBy(socket, code, reason) {
  const end = ended(socket);
  socket.close(code, reason);
  return end;
}

/// All characters that there are.
function allOfUnicode() {
  const pieces = [];
  for (let i = 0; i < 0x110000; i++) {
    if (i < 0xd800 || i > 0xdfff) pieces.push(String.fromCodePoint(i));
  }
  return pieces.join('');
}

/// Bytes that do not repeat soon.
function noise(size) {
  const bytes = new Uint8Array(size);
  let state = 1;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function same(sent, back) {
  if (typeof sent === 'string') return sent === back;
  const bytes = new Uint8Array(back);
  return bytes.length === sent.length && bytes.every((byte, i) => byte === sent[i]);
}

const talks = {
  /// For each message, whether it came back as it was; and how it ended.
  async echoes(url) {
    const socket = await open(url);
    const told = {extensions: socket.extensions.split(';')[0], echoes: []};
    for (const message of ['', 'HERE IS MY POEM', 'x'.repeat(LARGEST), allOfUnicode(),
                           noise(0), noise(300), noise(LARGEST)]) {
      socket.send(message);
      told.echoes.push(same(message, await received(socket)));
    }
    told.end = await endedBy(socket, 1000, 'all of it, ✓');
    return told;
  },

  async manyAtOnce(url) {
    const talk = async (i) => {
      const socket = await open(`${url}${i}`);
      const said = [];
      for (let k = 0; k < 10; k++) {
        socket.send(`poem ${i}.${k}`);
        said.push(await received(socket));
      }
      await endedBy(socket);
      return said.every((text, k) => text === `poem ${i}.${k}`);
    };
    return Promise.all(Array.from({length: 50}, (_, i) => talk(i)));
  },

  async closes(url, code, reason) {
    return endedBy(await open(url), Number(code), reason);
  },

  async tooLong(url, size) {
    const socket = await open(url);
    const end = ended(socket);
    socket.send(noise(size));
    return (await end).code;
  },

  async subprotocol(url, ...offered) {
    const socket = await open(url, offered);
    await endedBy(socket);
    return socket.protocol;
  },

  /// Of a server that refuses.
  async refused(url) {
    try {
      return await endedBy(await open(url));
    } catch (error) {
      return error.message;
    }
  },
};

if (typeof module !== 'undefined') module.exports = {endedBy, ended, open, received, talks};
