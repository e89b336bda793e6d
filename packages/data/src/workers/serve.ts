import type { Answer, Order, Problem } from "./message.ts";
import { Packer } from "./pack.ts";

/** What the worker needs of a data set. */
interface Source {
  readonly length: number;
  get: (index: number, epoch: number) => unknown;
  gather?: (indices: Int32Array, epoch: number) => unknown;
}

/** Where orders come from and answers go to: a worker of the web, or of Node. */
export interface Port {
  postMessage: (answer: Answer, transfer: ArrayBuffer[]) => void;
  addEventListener?: (event: "message", listener: (event: { readonly data: Order }) => void) => void;
  on?: (event: "message", listener: (order: Order) => void) => void;
}

/** Reads samples for a loader elsewhere, one order after the other. */
export function serve(load: (module: string | undefined) => unknown): void {
  const port = ownPort();
  let source: Source;
  let reading: Int32Array = new Int32Array(1);

  async function begin(order: Extract<Order, { readonly reading: unknown }>): Promise<void> {
    reading = order.reading ?? reading;
    try {
      const given: unknown = await load(order.module);
      source = (await (typeof given === "function" ? (given as () => unknown)() : given)) as Source;
      if (typeof source?.length !== "number" || typeof source.get !== "function") {
        throw new TypeError("expected the module's default export to be a data set or a function that makes one.");
      }
      port.postMessage({ length: source.length }, []);
    } catch (error) {
      port.postMessage({ problem: problemOf(error) }, []);
    }
  }

  async function read({ job, indices, epoch, gather }: Extract<Order, { readonly job: number }>): Promise<void> {
    const packer = new Packer();
    let index: number | undefined;
    try {
      if (gather && source.gather !== undefined) {
        Atomics.store(reading, 0, indices[0]!);
        const batch = packer.pack(await source.gather(indices, epoch));
        const bytes = packer.bytes();
        port.postMessage({ job, batch, bytes }, [bytes]);
        return;
      }
      const samples = [];
      for (index of indices) {
        Atomics.store(reading, 0, index);
        samples.push(packer.pack(await source.get(index, epoch)));
      }
      const bytes = packer.bytes();
      port.postMessage({ job, samples, bytes }, [bytes]);
    } catch (error) {
      port.postMessage({ job, problem: problemOf(error), index }, []);
    }
  }

  // One order after the other, also where samples are promised.
  let last = Promise.resolve();
  const handle = (order: Order): void => {
    last = last.then(() => ("job" in order ? read(order) : begin(order)));
  };
  if (port.on === undefined) port.addEventListener!("message", ({ data }) => handle(data));
  else port.on("message", handle);
}

function ownPort(): Port {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => { readonly parentPort: Port | null } | undefined };
  };
  return process?.getBuiltinModule?.("node:worker_threads")?.parentPort ?? (globalThis as unknown as Port);
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}
