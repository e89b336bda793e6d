import type { AttrsOf, PrimitiveName } from "../primitives/primitive.ts";
import type { Spec, Storage } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

/** Receives what a function does while it is traced. */
export interface Tracer {
  /** An application; returns its outputs, which have no values yet. */
  readonly record: <P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ) => readonly Tensor[];
  /** A tensor was made from given values: the same in every run of the function. */
  readonly create?: (storage: Storage) => void;
  /** The elements of a tensor are about to be read. Throws if they belong to another time than that of the trace. */
  readonly readData?: (storage: Storage, fn: string) => void;
  /** The dtype of a tensor is about to be changed in place. Throws if the trace depends on it. */
  readonly convert?: (storage: Storage, fn: string) => void;
  /** State outside tensors was read; the trace holds as long as `read` gives an equal value. */
  readonly guard?: (read: () => unknown, owner?: object) => void;
  /** State outside tensors was written by `redo`, which `undo` takes back. */
  readonly wrote?: (owner: object, redo: () => void, undo: () => void) => void;
  /** `effect` changes these tensors once the run is over. */
  readonly later?: (changed: readonly Storage[], effect: () => void) => void;
  /** The gradient of `leaf` is about to be read. */
  readonly readGrad?: (leaf: Tensor, grad: Tensor | undefined) => void;
  /** The gradient of `leaf`, so far `before`, is about to be replaced. */
  readonly writeGrad?: (leaf: Tensor, before: Tensor | undefined) => void;
}

let tracer: Tracer | undefined;

/** The tracer of the function that runs now, if one is traced. */
export function activeTracer(): Tracer | undefined {
  return tracer;
}

/** Runs `fn` with every application recorded by `active` instead of evaluated. */
export function withTracer<T>(active: Tracer | undefined, fn: () => T): T {
  const before = tracer;
  tracer = active;
  try {
    return fn();
  } finally {
    tracer = before;
  }
}

/** Whether applications are recorded by a tracer now, so that tensors have no values. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

/**
 * Reads state that decides what a function does, such as a training flag, so that a trace knows what it depends on.
 *
 * @param owner whose state it is, if that is written with {@link writeState}
 */
export function readState<T>(read: () => T, owner?: object): T {
  tracer?.guard?.(read, owner);
  return read();
}

/** Changes the state of `owner` by `redo`, so that every run of a traced function does; `undo` takes it back. */
export function writeState(owner: object, redo: () => void, undo: () => void): void {
  redo();
  tracer?.wrote?.(owner, redo, undo);
}

/**
 * Runs `effect` now, or after every run of the function that is traced: for what counts in JavaScript.
 *
 * @param changed tensors that `effect` changes; the rest of the traced function may not use them
 */
export function afterRun(changed: readonly Tensor[], effect: () => void): void {
  if (tracer?.later === undefined) effect();
  else
    tracer.later(
      changed.map(({ storage }) => storage),
      effect,
    );
}
