import { Worker } from "node:worker_threads";

/**
 * Runs in a thread of its own, as the thread that hangs could not say so. It counts processor time of the whole process:
 * that a machine is busy is no reason to stop.
 */
export const watching: string = `
const { workerData } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const { shared, name, milliseconds } = workerData;
let [index, since] = [-1, 0];
setInterval(() => {
  const { user, system } = process.cpuUsage();
  const now = (user + system) / 1000;
  const current = Atomics.load(shared, 0);
  if (current !== index) [index, since] = [current, now];
  if (now - since < 2 * milliseconds) return;
  writeSync(2, name + ", input " + index + ": expected an end, got none after " + milliseconds + " ms\\n");
  process.kill(process.pid, "SIGKILL");
}, 200);
`;

/** Ends the process when an input takes longer than it may, and says which: who hangs can do neither. */
export class Watchdog {
  readonly #shared: Int32Array = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;

  /**
   * @param name of what is tried, for the message
   * @param milliseconds of processor time that an input may take
   */
  constructor(name: string, milliseconds: number) {
    const workerData = { shared: this.#shared, name, milliseconds };
    this.#worker = new Worker(watching, { eval: true, workerData, execArgv: [] });
    this.#worker.unref();
  }

  /** Says which input is tried from now on. */
  begin(index: number): void {
    Atomics.store(this.#shared, 0, index);
  }

  /** Stops watching. */
  end(): void {
    void this.#worker.terminate();
  }
}
