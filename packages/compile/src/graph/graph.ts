import type { DType, Tensor, TypedArray } from "@tapegrad/tensor";
import type { Spec, Storage } from "@tapegrad/tensor/internal";
import type { OperationName, Operations } from "../operations/operation.ts";

/** Where the elements of an input come from. */
export type Source =
  /** An argument of the call, by position among all tensors in the arguments. */
  | { readonly kind: "argument"; readonly index: number }
  /** A tensor that the function captured; lives in the module's memory from then on. */
  | { readonly kind: "state"; readonly storage: Storage }
  /** The gradient that a leaf has before the call. */
  | { readonly kind: "grad"; readonly leaf: Tensor }
  /** Elements that are the same in every call. */
  | { readonly kind: "constant"; readonly data: TypedArray };

/** What an operation gives or takes: a shape and a dtype, and later an address. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The operation that gives it, or where it comes from. */
  readonly from: Operation | Source;
  /** Position among the outputs of its operation. */
  readonly index: number;
}

/** An application of an operation. */
export interface Operation<P extends OperationName = OperationName> {
  readonly kind: "operation";
  readonly name: P;
  inputs: readonly Value[];
  readonly attrs: Operations[P];
  readonly outputs: Value[];
}

/** A gradient that reads as `value` after the call; undefined if there is none then. */
export interface GradOutput {
  readonly leaf: Tensor;
  readonly value: Value | undefined;
}

/** An argument's position, where the leaf of a gradient is an argument. */
export interface ArgumentGrad {
  readonly argument: number;
  readonly value: Value | undefined;
}

/** A recorded function. Operations stand in an order in which they can run. */
export interface Graph {
  readonly operations: readonly Operation[];
  readonly results: readonly Value[];
  /** What each captured tensor holds after the call. */
  readonly updates: ReadonlyMap<Storage, Value>;
  readonly grads: readonly GradOutput[];
  readonly argumentGrads: readonly ArgumentGrad[];
  /** The number of the next value: more than that of any of its own. */
  readonly nextId: number;
}

/**
 * An application of an operation.
 *
 * @param specs the shapes and dtypes of its outputs
 * @param first the number of the first of them; the others follow
 */
export function madeOperation<P extends OperationName>(
  name: P,
  inputs: readonly Value[],
  attrs: Operations[P],
  specs: readonly Spec[],
  first: number,
): Operation<P> {
  // Graphs have thousands of them: an array that grows as it is filled would have room for a dozen more.
  const outputs = new Array<Value>(specs.length);
  const operation: Operation<P> = { kind: "operation", name, inputs, attrs, outputs };
  for (let index = 0; index < specs.length; index++) {
    const { shape, dtype } = specs[index]!;
    outputs[index] = { id: first + index, shape, dtype, from: operation, index };
  }
  return operation;
}

/** The operation behind a value, if it is not an input. */
export function operationOf(value: Value): Operation | undefined {
  return value.from.kind === "operation" ? value.from : undefined;
}

/** The attributes of an operation of a known name. */
export function attrsOf<P extends OperationName>(operation: Operation, _name: P): Operations[P] {
  return operation.attrs as Operations[P];
}

/** Every value that a graph must have computed at its end. */
export function outputsOf(graph: Graph): Value[] {
  const grads = [...graph.grads, ...graph.argumentGrads].flatMap(({ value }) => (value === undefined ? [] : [value]));
  return [...graph.results, ...graph.updates.values(), ...grads];
}
