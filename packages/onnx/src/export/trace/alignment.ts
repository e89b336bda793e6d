import type { Operation, Value } from "@tapegrad/compile/internal";
import type { DType } from "@tapegrad/tensor";
import { type Extent, extentThrough, formatExtents } from "../graph/extent.ts";
import type { Call } from "./calls.ts";
import { followsBatch } from "./refused.ts";
import { isEqual } from "./is-equal.ts";

/** The same value in the traces of batches of several sizes. */
export interface Aligned {
  readonly at: readonly Value[];
  readonly shape: readonly Extent[];
  readonly dtype: DType;
}

/** The same call in all traces. */
export interface AlignedCall extends Pick<Call, "name" | "attrs"> {
  readonly inputs: readonly (Aligned | undefined)[];
  readonly outputs: readonly Aligned[];
}

/** The same application of a primitive in all traces; its attributes may follow the batch. */
export interface AlignedOperation {
  readonly name: Operation["name"];
  readonly inputs: readonly Aligned[];
  readonly attrs: readonly unknown[];
}

/** Finds what corresponds in traces of one function for batches of several sizes. */
export class Alignment {
  /** Numbers of samples, one for each trace. */
  readonly batches: readonly number[];
  readonly #aligned = new Map<Value, Aligned>();
  /** For each trace, the calls that give a value, inner ones first. */
  readonly #calls: readonly Map<Value, Call[]>[];

  /** @param calls those of each trace, inner ones first */
  constructor(batches: readonly number[], calls: readonly (readonly Call[])[]) {
    this.batches = batches;
    this.#calls = calls.map((list) => {
      const of = new Map<Value, Call[]>();
      for (const call of list) {
        for (const output of call.outputs) of.set(output, [...(of.get(output) ?? []), call]);
      }
      return of;
    });
  }

  /** The value that is `at[i]` in trace i. */
  value(at: readonly Value[]): Aligned {
    const [first] = at as readonly [Value];
    const known = this.#aligned.get(first);
    if (known !== undefined) {
      if (known.at.every((value, i) => value === at[i])) return known;
      throw followsBatch(`${kindOf(first)} in more places for some of them`);
    }
    const isAlike = at.every(({ dtype, shape }) => dtype === first.dtype && shape.length === first.shape.length);
    if (!isAlike) throw followsBatch(`${kindOf(first)} of another rank or dtype for some of them`);
    const shape = this.extents(
      `extents of ${kindOf(first)}`,
      at.map((value) => value.shape),
    );
    const aligned = { at, dtype: first.dtype, shape };
    this.#aligned.set(first, aligned);
    return aligned;
  }

  /** What gives a value, if it is no input. */
  operation(value: Aligned): AlignedOperation | undefined {
    const { at } = value;
    const [first] = at as readonly [Value];
    const operations = at.flatMap(({ from }) => (from.kind === "operation" ? [from] : []));
    const [one] = operations;
    if (one === undefined) {
      if (at.every(({ from }) => isSameSource(from, first.from))) return undefined;
      throw followsBatch(`${describe(value)} for some of them, and other tensors for others`);
    }
    const isAlike =
      operations.length === at.length &&
      operations.every(({ name, inputs }) => name === one.name && inputs.length === one.inputs.length) &&
      at.every(({ index }) => index === first.index);
    if (!isAlike) throw followsBatch(`${describe(value)} for some of them, and other operations for others`);
    const inputs = one.inputs.map((_, i) => this.value(operations.map((operation) => operation.inputs[i]!)));
    return { name: one.name, inputs, attrs: operations.map(({ attrs }) => attrs) };
  }

  /** The calls that give a value, outer ones first, as far as they are the same for every batch. */
  calls({ at }: Aligned): AlignedCall[] {
    const calls = at.map((value, i) => this.#calls[i]!.get(value) ?? []);
    const first = calls[0]!;
    if (calls.some(({ length }) => length !== first.length)) return [];
    return first
      .map((_, depth) => calls.map((list) => list[depth]!))
      .filter(isSameCall)
      .map((same) => this.#call(same))
      .toReversed();
  }

  #call(calls: readonly Call[]): AlignedCall {
    const [{ name, attrs, inputs, outputs }] = calls as readonly [Call];
    return {
      name,
      attrs,
      inputs: inputs.map((input, i) => input && this.value(calls.map((call) => call.inputs[i]!))),
      outputs: outputs.map((_, i) => this.value(calls.map((call) => call.outputs[i]!))),
    };
  }

  /** Lists of whole numbers, one for each trace, as one list. */
  extents(what: string, lists: readonly (readonly number[])[]): Extent[] {
    const [first] = lists as readonly [readonly number[]];
    return first.map((_, k) => {
      const seen = lists.map((list) => list[k]!);
      const extent = extentThrough(this.batches, seen);
      if (extent === undefined) {
        throw followsBatch(`${what} that are ${seen.join(", ")} for batches of ${this.batches.join(", ")}`);
      }
      return extent;
    });
  }
}

/** Whether elements come from one place, or are constant, whatever they are. */
function isSameSource(a: Value["from"], b: Value["from"]): boolean {
  if (a.kind === "argument") return b.kind === "argument" && a.index === b.index;
  if (a.kind === "state") return b.kind === "state" && a.storage === b.storage;
  return a.kind === b.kind;
}

/** Names a value for messages: `mul of shape [batch, 3]`. */
export function describe({ at, shape }: Aligned): string {
  return `${kindOf(at[0]!)} of shape ${formatExtents(shape)}`;
}

function kindOf({ from }: Value): string {
  return from.kind === "operation" ? from.name : from.kind === "argument" ? "an input" : "a tensor";
}

function isSameCall(calls: readonly Call[]): boolean {
  const [{ name, attrs, inputs, outputs }] = calls as readonly [Call];
  return calls.every(
    (call) =>
      call.name === name &&
      isEqual(call.attrs, attrs) &&
      call.outputs.length === outputs.length &&
      call.inputs.length === inputs.length &&
      // Not what gives back one of its inputs.
      !call.outputs.some((output) => call.inputs.includes(output)) &&
      call.inputs.every((input, i) => (input === undefined) === (inputs[i] === undefined)),
  );
}
