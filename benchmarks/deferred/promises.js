// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What Node's promises cost, in the cases of couplet.cc: `node promises.js SECONDS` prints the CPU
// time of each in ns, as JSON. Each is done a hundred times between two turns of the microtasks, so
// that going to them and back costs next to nothing. Queue and lock, which Node has not, are written
// by hand.
'use strict';

const BATCH = 100;
const INPUTS = 100;
const LOOP_STEPS = 1000;
const WARM_UP_SECONDS = 0.1;

let sum = 0;
const addUp = (value) => (sum += value);

function defer() {
  const deferred = {};
  deferred.promise = new Promise((resolve) => { deferred.resolve = resolve; });
  return deferred;
}

/// All microtasks run before it is fulfilled.
const turn = () => new Promise((resolve) => setImmediate(resolve));

/// First in, first out on both sides.
class Queue {
  constructor() {
    this.items = [];
    this.waiting = [];
  }
  get() {
    if (this.items.length > 0) return Promise.resolve(this.items.shift());
    return new Promise((resolve) => this.waiting.push(resolve));
  }
  put(item) {
    if (this.waiting.length > 0) this.waiting.shift()(item);
    else this.items.push(item);
  }
}

const queue = new Queue();
const lock = new Queue();  // who holds it has its token

/// What is done BATCH times, then the microtasks run.
function each(work) {
  return async () => {
    for (let i = 0; i < BATCH; ++i) work();
    await turn();
    return BATCH;
  };
}

function fire(steps) {
  return each(() => {
    const { promise, resolve } = defer();
    let last = promise;
    for (let i = 0; i < steps; ++i) last = last.then(addUp);
    resolve(1);
  });
}

async function fireInnerLater() {
  const inners = [];
  for (let i = 0; i < BATCH; ++i) {
    const outer = defer();
    const inner = defer();
    outer.promise.then(() => inner.promise).then(addUp);
    outer.resolve(1);
    inners.push(inner);
  }
  await turn();
  for (const inner of inners) inner.resolve(2);
  await turn();
  return BATCH;
}

/// Each step answers with a new pending promise, which is then resolved; BATCH of them at once.
async function runTailLoops() {
  let pending = [];
  const next = (left) => {
    if (left === 0) return undefined;
    return new Promise((resolve) => pending.push(resolve)).then(() => next(left - 1));
  };
  for (let i = 0; i < BATCH; ++i) next(LOOP_STEPS);
  while (pending.length > 0) {
    const now = pending;
    pending = [];
    for (const resolve of now) resolve();
    await turn();
  }
  return BATCH * LOOP_STEPS;
}

function gatherAll() {
  const inputs = [];
  for (let i = 0; i < INPUTS; ++i) inputs.push(defer());
  Promise.all(inputs.map((input) => input.promise)).then((values) => addUp(values.length));
  for (const input of inputs) input.resolve(1);
}

function raceTwo() {
  const one = defer();
  const other = defer();
  Promise.race([one.promise, other.promise]).then(addUp);
  other.resolve(1);
}

function handOverItem() {
  queue.get().then(addUp);
  queue.put(1);
}

function handOverLock() {
  lock.get().then(addUp);
  lock.put(1);
}

async function awaitOne(promise) {
  return addUp(await promise);
}

const CASES = {
  'fire 1': fire(1),
  'fire 3': fire(3),
  'fire 10': fire(10),
  'fired': each(() => { Promise.resolve(1).then(addUp); }),
  'inner': fireInnerLater,
  'loop': runTailLoops,
  'gather': each(gatherAll),
  'race': each(raceTwo),
  'queue': each(handOverItem),
  'lock': each(handOverLock),
  'await fired': each(() => { awaitOne(Promise.resolve(1)); }),
  'await pending': each(() => {
    const { promise, resolve } = defer();
    awaitOne(promise);
    resolve(1);
  }),
};

/// The CPU time of all threads, in ns.
function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

async function timed(work, seconds) {
  const begun = cpu();
  let times = 0;
  do times += await work(); while (cpu() - begun < seconds * 1e9);
  return (cpu() - begun) / times;
}

async function main(seconds) {
  const times = {};
  for (const [name, work] of Object.entries(CASES)) {
    await timed(work, WARM_UP_SECONDS);
    times[name] = await timed(work, seconds);
  }
  console.log(JSON.stringify(times));
}

main(Number(process.argv[2]));
