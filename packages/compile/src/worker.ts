/**
 * What a thread runs: a file of its own that imports nothing, for pages that may not start workers from a text. It sleeps
 * in shared memory, where it can be called within microseconds, and returns to its event loop when messages wait there.
 *
 * @module
 */
import type { WorkerMessage } from "./wasm/threads/worker-message.ts";
import type { cell as cellsOfAll, slotCell } from "./wasm/threads/control-block.ts";

type Run = (thread: number, threads: number) => void;

/** Where messages come from: a page or worker, or Node. */
interface Port {
  addEventListener: (event: "message", listener: (event: { readonly data: WorkerMessage }) => void) => void;
  on?: (event: "message", listener: (message: WorkerMessage) => void) => void;
}

/** Turns that a worker waits awake for the next call, some 200 µs. */
const spins = 20_000;

const { process } = globalThis as {
  process?: { getBuiltinModule?: (name: "node:worker_threads") => { readonly parentPort: Port | null } | undefined };
};
const port: Port = process?.getBuiltinModule?.("node:worker_threads")?.parentPort ?? globalThis;
const plans = new Map<number, readonly Run[]>();
let memory: WebAssembly.Memory;
let cells: Int32Array;
let cell: typeof cellsOfAll;
let slot: Readonly<Record<keyof typeof slotCell, number>>;
let handled = 0;
let answered = 0;
let asked = -1;

function handle(message: WorkerMessage): void {
  if ("memory" in message) {
    ({ memory, cell, slot } = message);
    cells = new Int32Array(memory.buffer, message.address, message.length);
  } else if ("modules" in message) {
    const env = { memory, reference };
    const instances = message.modules.map((module) => new WebAssembly.Instance(module, { env }));
    plans.set(
      message.plan,
      instances.map(({ exports }) => exports["run"] as Run),
    );
  } else plans.delete(message.plan);
  handled = (handled + 1) | 0;
  Atomics.store(cells, slot.handled, handled);
  serve();
}

// Only the caller has the reference; it asks for the error there.
function reference(kernel: number): void {
  asked = kernel + 1;
  throw new Error("A kernel needs the reference.");
}

function messagesWait(): boolean {
  return ((Atomics.load(cells, slot.sent) - handled) | 0) > 0;
}

function serve(): void {
  for (;;) {
    const bell = Atomics.load(cells, slot.bell);
    if (messagesWait()) return;
    const call = Atomics.load(cells, slot.call);
    if (call !== answered) {
      answered = call;
      answer(call);
      continue;
    }
    let turns = spins;
    while (turns > 0 && Atomics.load(cells, slot.bell) === bell) turns--;
    if (turns > 0) continue;
    Atomics.store(cells, slot.asleep, 1);
    Atomics.wait(cells, slot.bell, bell);
    Atomics.store(cells, slot.asleep, 0);
  }
}

function answer(call: number): void {
  Atomics.store(cells, slot.present, call);
  Atomics.add(cells, cell.answers, 1);
  if (Atomics.load(cells, cell.callerSleeps) !== 0) Atomics.notify(cells, cell.answers);
  let order: number;
  do {
    order = Atomics.load(cells, slot.order);
    if (Atomics.load(cells, slot.call) !== call) return;
  } while (order >>> 16 !== (call & 0xffff));
  const threads = order & 0xff;
  if (threads === 0) return;
  asked = -1;
  try {
    for (const run of plans.get(Atomics.load(cells, slot.plan))!) run((order >>> 8) & 0xff, threads);
  } catch {
    if (Atomics.exchange(cells, cell.aborted, 1) === 0) Atomics.store(cells, slot.failed, asked);
    Atomics.notify(cells, cell.generation);
  }
  Atomics.store(cells, slot.done, call);
  Atomics.notify(cells, slot.done);
}

if (port.on === undefined) port.addEventListener("message", ({ data }) => handle(data));
else port.on("message", handle);
