import {
  activeTracer,
  type AttrsOf,
  type Cell,
  type Expectation,
  expectElements,
  NullTracer,
  perform,
  type PrimitiveName,
  type Spec,
  type Storage,
  type Tracer,
  withTracer,
} from "@tapegrad/tensor/internal";
import type { Tensor, TypedArray } from "@tapegrad/tensor";

/** Versions during a replay lie this far above, so that what it saves is never taken for the present. */
const replayed = 2 ** 32;

/** Remembers the state that a run met, to run it again from there: tensors that it assigned to, cells that it used. */
export class StateReplay {
  readonly #tensors = new Map<Storage, TypedArray>();
  readonly #versions = new Map<Storage, number>();
  readonly #cells = new Map<Cell<unknown>, unknown>();

  /** Runs `fn` and keeps what tensors held before the first assignment to them, and cells at their first use. */
  observe<T>(fn: () => T): T {
    return withTracer(new StateObserver(this.#tensors, this.#versions, this.#cells), fn);
  }

  /** Sets tensors and cells back to what they held before the observed run. */
  undo(): void {
    for (const [storage, data] of this.#tensors) {
      storage.data?.set(data);
      storage.version = this.#versions.get(storage)!;
    }
    for (const [cell, value] of this.#cells) if (!Object.is(cell.get(), value)) cell.set(value);
  }

  /** Whether the observed run assigned to `tensor`. */
  has(tensor: Tensor): boolean {
    return this.#tensors.has(tensor.storage);
  }

  /** Runs `fn` from the remembered state, then restores the present one. */
  replay<T>(fn: () => T): T {
    const tensors = [...this.#tensors.keys()].map((storage) => ({
      storage,
      data: storage.data?.slice(),
      version: storage.version,
    }));
    const cells = [...this.#cells.keys()].map((cell) => [cell, cell.get()] as const);
    for (const [storage, data] of this.#tensors) {
      storage.data?.set(data);
      storage.version += replayed;
    }
    for (const [cell, value] of this.#cells) cell.set(value);
    try {
      return fn();
    } finally {
      for (const { storage, data, version } of tensors) {
        if (data !== undefined) storage.data?.set(data);
        storage.version = version;
      }
      for (const [cell, value] of cells) cell.set(value);
    }
  }
}

/** Lets everything happen as it would, before the eyes of the observer around it if there is one. */
class StateObserver extends NullTracer {
  override readonly symbolic = false;
  readonly #outer: Tracer | undefined = activeTracer();
  readonly #tensors: Map<Storage, TypedArray>;
  readonly #versions: Map<Storage, number>;
  readonly #cells: Map<Cell<unknown>, unknown>;

  constructor(tensors: Map<Storage, TypedArray>, versions: Map<Storage, number>, cells: Map<Cell<unknown>, unknown>) {
    super();
    this.#tensors = tensors;
    this.#versions = versions;
    this.#cells = cells;
  }

  override record<P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    if (name === "assign") {
      const { storage } = inputs[0]!;
      if (storage.data !== undefined && !this.#tensors.has(storage)) {
        this.#tensors.set(storage, storage.data.slice());
        this.#versions.set(storage, storage.version);
      }
    }
    return withTracer(this.#outer, () => perform(name, inputs, attrs, outputs));
  }

  override check(x: Tensor, expectation: Expectation): void {
    withTracer(this.#outer, () => expectElements(x, expectation));
  }

  override readCell(cell: Cell<unknown>, value: unknown): void {
    if (!this.#cells.has(cell)) this.#cells.set(cell, value);
    this.#outer?.readCell(cell, value);
  }

  override writeCell(cell: Cell<unknown>, value: unknown): void {
    if (!this.#cells.has(cell)) this.#cells.set(cell, value);
    this.#outer?.writeCell(cell, value);
  }
}

/** Runs `fn` and sets the state back that it changed: tensors that it assigned to, cells that it wrote. */
export function keepingState<T>(fn: () => T): T {
  const state = new StateReplay();
  try {
    return state.observe(fn);
  } finally {
    state.undo();
  }
}
