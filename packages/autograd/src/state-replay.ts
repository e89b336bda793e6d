import { observeAssign } from "@tapegrad/tensor/internal";
import type { Tensor, TypedArray } from "@tapegrad/tensor";

type Storage = Tensor["storage"];

/** Versions during a replay lie this far above, so that what it saves is never taken for the present. */
const replayed = 2 ** 32;

/** Remembers the tensors that a run assigned to, to run it again from the same state without a trace. */
export class StateReplay {
  readonly #before = new Map<Storage, TypedArray>();

  /** Runs `fn` and keeps what each tensor held before the first assignment to it. */
  observe<T>(fn: () => T): T {
    return observeAssign(({ storage }) => {
      const { data } = storage;
      if (data !== undefined && !this.#before.has(storage)) this.#before.set(storage, data.slice());
    }, fn);
  }

  /** Whether the observed run assigned to `tensor`. */
  has(tensor: Tensor): boolean {
    return this.#before.has(tensor.storage);
  }

  /** Runs `fn` from the remembered state, then restores the present one. */
  replay<T>(fn: () => T): T {
    const present = [...this.#before.keys()].map((storage) => ({
      storage,
      data: storage.data?.slice(),
      version: storage.version,
    }));
    for (const [storage, data] of this.#before) {
      storage.data?.set(data);
      storage.version += replayed;
    }
    try {
      return fn();
    } finally {
      for (const { storage, data, version } of present) {
        if (data !== undefined) storage.data?.set(data);
        storage.version = version;
      }
    }
  }
}
