import { dtypes, sizeOf } from "@tapegrad/tensor/internal";
import { type Graph, type Operation, operationOf, type Value } from "../graph/graph.ts";
import { operations } from "../operations/operations.ts";
import { isAvailable } from "./available.ts";
import type { KernelDraft, Operand } from "./kernel-draft.ts";
import { repeatedOperands } from "./repeated-operands.ts";
import type { Views } from "./view.ts";

/** What loops over `extents` read of a buffer. */
interface Read {
  readonly operand: Operand;
  readonly extents: readonly number[];
}

/**
 * Finds buffers that hold nothing new: a negative beside what it is the negative of, or float64 that are float32 in a
 * wider dtype. What reads them computes them again from the other one, which has no more bytes.
 */
export class SpareBuffers {
  readonly #views: Views;
  readonly #buffered: Set<Value>;
  readonly #reads = new Map<Value, Read[]>();

  constructor(drafts: readonly KernelDraft[], views: Views, buffered: Set<Value>) {
    this.#views = views;
    this.#buffered = buffered;
    for (const draft of drafts) {
      if (draft.kind !== "loops") continue;
      for (const { operands } of draft.members.values()) {
        for (let i = 0; i < operands.length; i++) {
          const operand = operands[i]!;
          if (!draft.members.has(operand.base)) this.#find({ operand, extents: draft.extents });
        }
      }
    }
  }

  /** Takes them out, but for those in `fixed`. */
  drop({ operations: all }: Graph, fixed: ReadonlySet<Value>): void {
    for (const operation of all) {
      const value = operation.outputs[0];
      if (value === undefined || !this.#buffered.has(value) || fixed.has(value)) continue;
      const source = this.#sourceOf(operation, value);
      if (source === undefined) continue;
      const reads = this.#reads.get(value) ?? [];
      // What is read where an index says stays.
      if (reads.some(({ operand }) => operand.step !== undefined)) continue;
      const again = reads.map(({ operand, extents }) => {
        const operands = repeatedOperands(operation, operand, extents, this.#views);
        return operands?.map((needed): Read => ({ operand: needed, extents }));
      });
      if (!again.every((needed) => needed !== undefined)) continue;
      this.#buffered.delete(value);
      if (operationOf(source) !== undefined) this.#buffered.add(source);
      for (const needed of again) needed.forEach((read) => this.#find(read));
    }
  }

  /** Notes what is read of buffers, in the place of what is computed from them again. */
  #find(read: Read): void {
    const { base } = read.operand;
    const operation = operationOf(base);
    if (operation === undefined) return;
    if (this.#buffered.has(base)) {
      const reads = this.#reads.get(base);
      if (reads === undefined) this.#reads.set(base, [read]);
      else reads.push(read);
      return;
    }
    if (isAvailable(base, this.#buffered)) return;
    for (const operand of repeatedOperands(operation, read.operand, read.extents, this.#views) ?? []) {
      this.#find({ operand, extents: read.extents });
    }
  }

  /** The one value as large that a value is cheaply made of, if that is as well in a buffer, or instead. */
  #sourceOf({ name, inputs }: Operation, value: Value): Value | undefined {
    const { kind, cost } = operations[name];
    if (kind !== "elementwise" || cost !== "cheap") return undefined;
    const bases = inputs.map((input) => this.#views.of(input).base);
    const large = bases.filter(({ shape }) => sizeOf(shape) >= sizeOf(value.shape));
    const [source] = large;
    if (source === undefined || large.some((base) => base !== source)) return undefined;
    if (sizeOf(source.shape) > sizeOf(value.shape) || bytesOf(source) > bytesOf(value)) return undefined;
    const isInstead = name === "cast" && bytesOf(source) < bytesOf(value);
    const has = (base: Value): boolean => isAvailable(base, this.#buffered);
    return bases.every((base) => has(base) || (isInstead && base === source)) ? source : undefined;
  }
}

function bytesOf({ dtype }: Value): number {
  return dtypes[dtype].bytes;
}
