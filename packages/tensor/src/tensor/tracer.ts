import type { CompositeName, Composites } from "../primitives/composite.ts";
import type { AttrsOf, PrimitiveName } from "../primitives/primitive.ts";
import type { Cell } from "./cell.ts";
import type { Expectation } from "./expect-elements.ts";
import type { Spec, Storage } from "../storage.ts";
import type { Tensor } from "./tensor.ts";

/** Sees all that a function does to tensors, gradients and cells. A tracer of its own extends `NullTracer`. */
export interface Tracer {
  /** Whether the tensors that it makes have no values. */
  readonly symbolic: boolean;
  /** Instead of an application or an assignment; gives its outputs. */
  readonly record: <P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ) => readonly Tensor[];
  /** Around the primitives of a composite, if it is of interest; gives what they gave. */
  readonly composite?: <C extends CompositeName, R extends Tensor | readonly Tensor[]>(
    name: C,
    inputs: readonly (Tensor | undefined)[],
    attrs: Composites[C],
    decomposition: () => R,
  ) => R;
  /** Instead of a check of elements, which may not be known yet. */
  readonly check: (x: Tensor, expectation: Expectation) => void;
  /** After a tensor was made from given values: the same in every run of the function. */
  readonly create: (storage: Storage) => void;
  /** Before the elements of a tensor are read by `fn`. Throws if they belong to another time than that of the trace. */
  readonly readData: (storage: Storage, fn: string) => void;
  /** Before a cell that holds `value` is read. */
  readonly readCell: (cell: Cell<unknown>, value: unknown) => void;
  /** Before a cell that holds `value` is given another. */
  readonly writeCell: (cell: Cell<unknown>, value: unknown) => void;
  /**
   * Before the fields of `object` decide anything, or the elements of an array, Map or Set. Tells whether it is new to
   * the trace, which then goes on to what it holds.
   */
  readonly readFields: (object: object) => boolean;
  /** Before it is read whether gradients flow to `tensor`. */
  readonly readRequiresGrad: (tensor: Tensor, flag: boolean) => void;
  /** Before it is changed whether gradients flow to `tensor`. */
  readonly writeRequiresGrad: (tensor: Tensor, flag: boolean) => void;
  /** When the gradient of `leaf` is read; gives what is handed out. */
  readonly readGrad: (leaf: Tensor, grad: Tensor | undefined) => Tensor | undefined;
  /** Before the gradient of `leaf` is replaced. */
  readonly writeGrad: (leaf: Tensor, grad: Tensor | undefined) => void;
  /** Before the dtype of a tensor is changed in place. Throws if the trace depends on it. */
  readonly convert: (storage: Storage) => void;
  /** See {@link afterRun}. */
  readonly afterRun: (changed: readonly Storage[], effect: () => void) => void;
}

let tracer: Tracer | undefined;

/** The tracer of the function that runs now, if one is traced. */
export function activeTracer(): Tracer | undefined {
  return tracer;
}

/** Runs `fn` in sight of `active`; undefined for none. */
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
  return tracer !== undefined && tracer.symbolic;
}

/**
 * Runs `effect` now, or after every run of the function that is traced: for what counts in JavaScript and gives another
 * value each time, such as the rate of a schedule, which no recorded operation computes.
 *
 * @param changed tensors that `effect` changes; the rest of the traced function may not use them
 */
export function afterRun(changed: readonly Tensor[], effect: () => void): void {
  if (tracer === undefined) effect();
  else
    tracer.afterRun(
      changed.map(({ storage }) => storage),
      effect,
    );
}
