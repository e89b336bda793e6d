import type { DType, TypedArray } from "@tapegrad/tensor";
import { isUniform } from "./constants.ts";
import { sameShape, type Spec } from "@tapegrad/tensor/internal";
import type { OperationName, Operations } from "../operations/operation.ts";
import { madeOperation, type Operation, type Source, type Value } from "./graph.ts";

/** Records operations as they are applied: nothing is simplified, so that the graph is the program as written. */
export class GraphRecorder {
  readonly operations: Operation[] = [];
  /** What a value was reshaped to before. */
  readonly #reshaped = new Map<Value, Value[]>();
  #nextId = 0;

  /** The number of the next value. */
  get nextId(): number {
    return this.#nextId;
  }

  /** A value that comes from outside. */
  input(from: Source, shape: readonly number[], dtype: DType): Value {
    return { id: this.#nextId++, shape, dtype, from, index: 0 };
  }

  /** Elements that are the same in every call; of equal ones, one of them, broadcast. */
  constant(data: TypedArray, shape: readonly number[], dtype: DType): Value {
    if (data.length > 1 && isUniform(data)) {
      const one = this.constant(data.subarray(0, 1), [], dtype);
      return this.record("broadcastTo", [one], { shape }, [{ shape, dtype }])[0]!;
    }
    return this.input({ kind: "constant", data: data.slice() }, shape, dtype);
  }

  /** An application of an operation; gives its outputs. */
  record<P extends OperationName>(
    name: P,
    inputs: readonly Value[],
    attrs: Operations[P],
    outputs: readonly Spec[],
  ): readonly Value[] {
    const operation = madeOperation(name, inputs, attrs, outputs, this.#nextId);
    this.#nextId += outputs.length;
    this.operations.push(operation);
    return operation.outputs;
  }

  /** A value under another shape; recorded once. */
  reshape(value: Value, shape: readonly number[]): Value {
    if (sameShape(value.shape, shape)) return value;
    const before = this.#reshaped.get(value) ?? [];
    const known = before.find((reshaped) => sameShape(reshaped.shape, shape));
    if (known !== undefined) return known;
    const made = this.record("reshape", [value], { shape }, [{ shape, dtype: value.dtype }])[0]!;
    this.#reshaped.set(value, [...before, made]);
    return made;
  }
}
