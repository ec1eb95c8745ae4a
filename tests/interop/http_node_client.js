// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asks http_echo as a program on Node would: node http_node_client.js URL. Prints what it was told,
// as JSON.
'use strict';

const http = require('http');

const url = process.argv[2];

async function told(response) {
  return {status: response.status, body: await response.text()};
}

function stream(...pieces) {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece));
      controller.close();
    },
  });
}

function ask(agent) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, {agent}, (response) => {
      response.resume().on('end', () => resolve(request.reusedSocket));
    });
    request.on('error', reject);
  });
}

async function main() {
  const post = (body, path = '') => fetch(url + path, {method: 'POST', body, duplex: 'half'});
  const agent = new http.Agent({keepAlive: true, maxSockets: 1});
  const answers = {
    get: await told(await fetch(url)),
    head: await told(await fetch(url, {method: 'HEAD'})),
    post: await told(await post('HERE IS MY POEM')),
    stream: await told(await post(stream('HERE ', 'IS MY ', 'POEM'))),
    streamHead: await told(await post(stream('HERE IS MY POEM'), 'echo')),
    form: await told(await post(new URLSearchParams({poem: 'über'}))),
    many: (await Promise.all(Array.from({length: 50}, (_, i) => post(`poem ${i}`).then(told))))
              .map(({body}) => body),
    tooLarge: (await post(Buffer.alloc(5000000))).status,
    reused: [await ask(agent), await ask(agent), await ask(agent)],
  };
  agent.destroy();
  console.log(JSON.stringify(answers));
}

main();
