import { cell, slotCell } from "./control-block.ts";

/** Turns that a worker waits awake for the next call, some 200 µs. */
const spins = 20_000;

/**
 * What a worker runs, in Node and in browsers: a text, so that nobody has to find a file. It sleeps in shared memory,
 * where it can be called within microseconds, and returns to its event loop when messages wait there.
 */
export const workerSource: string = `"use strict";
const port = typeof require === "function" ? require("node:worker_threads").parentPort : globalThis;
const cell = ${JSON.stringify(cell)};
const plans = new Map();
let memory, cells, slot, handled = 0, answered = 0, asked = -1;

function handle(message) {
  if (message.memory) {
    memory = message.memory;
    cells = new Int32Array(memory.buffer, message.address, message.length);
    slot = {};
    for (const [name, index] of Object.entries(${JSON.stringify(slotCell)})) slot[name] = message.slot + index;
  } else if (message.modules) {
    const env = { memory, reference };
    plans.set(message.plan, message.modules.map((module) => new WebAssembly.Instance(module, { env }).exports.run));
  } else plans.delete(message.plan);
  handled = (handled + 1) | 0;
  Atomics.store(cells, slot.handled, handled);
  serve();
}

// Only the caller has the reference; it asks for the error there.
function reference(kernel) {
  asked = kernel + 1;
  throw new Error("A kernel needs the reference.");
}

function messagesWait() {
  return ((Atomics.load(cells, slot.sent) - handled) | 0) > 0;
}

function serve() {
  for (;;) {
    const bell = Atomics.load(cells, slot.bell);
    if (messagesWait()) return;
    const call = Atomics.load(cells, slot.call);
    if (call !== answered) {
      answered = call;
      answer(call);
      continue;
    }
    let turns = ${spins};
    while (turns > 0 && Atomics.load(cells, slot.bell) === bell) turns--;
    if (turns > 0) continue;
    Atomics.store(cells, slot.asleep, 1);
    Atomics.wait(cells, slot.bell, bell);
    Atomics.store(cells, slot.asleep, 0);
  }
}

function answer(call) {
  Atomics.store(cells, slot.present, call);
  Atomics.add(cells, cell.answers, 1);
  if (Atomics.load(cells, cell.callerSleeps)) Atomics.notify(cells, cell.answers);
  let order;
  do {
    order = Atomics.load(cells, slot.order);
    if (Atomics.load(cells, slot.call) !== call) return;
  } while (order >>> 16 !== (call & 0xffff));
  const threads = order & 0xff;
  if (threads === 0) return;
  asked = -1;
  try {
    for (const run of plans.get(Atomics.load(cells, slot.plan))) run((order >>> 8) & 0xff, threads);
  } catch {
    if (Atomics.exchange(cells, cell.aborted, 1) === 0) Atomics.store(cells, slot.failed, asked);
    Atomics.notify(cells, cell.generation);
  }
  Atomics.store(cells, slot.done, call);
  Atomics.notify(cells, slot.done);
}

if (port.on) port.on("message", handle);
else port.onmessage = ({ data }) => handle(data);
`;
