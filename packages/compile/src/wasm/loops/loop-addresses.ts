import { constant, type Expr, type FunctionBuilder, i32 } from "@tapegrad/simd";
import type { Place } from "./lane-access.ts";

/** The loops that are open where code is emitted, outermost first, and the addresses known inside each. */
export class LoopAddresses {
  readonly #f: FunctionBuilder<"void">;
  /** How many elements beyond the index of the lanes' loop code is emitted for. */
  #shift: { readonly axis: number; readonly by: number } | undefined;
  readonly #open: { readonly axis: number; readonly index: Expr<"i32">; readonly offsets: Map<string, Expr<"i32">> }[] =
    [];

  /** Addresses that code is given, in the order in which they were met. */
  readonly #starts = new Map<Expr<"i32">, number>();

  constructor(f: FunctionBuilder<"void">) {
    this.#f = f;
  }

  /** The axis of the innermost open loop. */
  get innermost(): number | undefined {
    return this.#open.at(-1)?.axis;
  }

  /** The axes of all open loops. */
  get axes(): ReadonlySet<number> {
    return new Set(this.#open.map(({ axis }) => axis));
  }

  /** Where an open loop is. */
  index(axis: number): Expr<"i32"> {
    return this.#open.find((open) => open.axis === axis)!.index;
  }

  /** Opens a loop while `inside` emits its body. */
  within(axis: number, index: Expr<"i32">, inside: () => void): void {
    this.#open.push({ axis, index, offsets: new Map() });
    inside();
    this.#open.pop();
  }

  /** Emits code for elements so far beyond the index of a loop. */
  shifted(axis: number, by: number, inside: () => void): void {
    const before = this.#shift;
    this.#shift = { axis, by };
    inside();
    this.#shift = before;
  }

  /** The place of an element at the loops' indices: strides in elements of so many bytes, from a base address. */
  place(strides: readonly number[], bytes: number, base: number, start?: Expr<"i32">): Place {
    const goesBack = strides.some((stride) => stride < 0);
    if (this.#shift !== undefined) base += strides[this.#shift.axis]! * bytes * this.#shift.by;
    let key = "";
    let address: Expr<"i32"> | undefined;
    for (const { axis, index, offsets } of this.#open) {
      const step = strides[axis]! * bytes;
      if (step === 0) continue;
      key += `${axis}:${step} `;
      let known = offsets.get(key);
      if (known === undefined) {
        const distance = times(index, step);
        known = this.#f.let(address === undefined ? distance : i32.add(address, distance));
        offsets.set(key, known);
      }
      address = known;
    }
    if (start !== undefined) address = address === undefined ? start : this.#beyond(start, address, key);
    address ??= constant("i32", 0);
    // An address below its buffer must not wrap before the constant is added.
    return goesBack ? { address: i32.add(address, base), offset: 0 } : { address, offset: base };
  }

  /** A distance from a start, computed once in the innermost loop that moves it: that which the key ends with. */
  #beyond(start: Expr<"i32">, distance: Expr<"i32">, key: string): Expr<"i32"> {
    const level = this.#open.findLast(({ offsets }) => offsets.has(key))!;
    let number = this.#starts.get(start);
    if (number === undefined) this.#starts.set(start, (number = this.#starts.size));
    const full = `${key}from ${number}`;
    let known = level.offsets.get(full);
    if (known === undefined) level.offsets.set(full, (known = this.#f.let(i32.add(distance, start))));
    return known;
  }
}

function times(index: Expr<"i32">, factor: number): Expr<"i32"> {
  const power = Math.log2(factor);
  if (factor === 1) return index;
  return Number.isInteger(power) ? i32.shl(index, power) : i32.mul(index, factor);
}
