import { nameNumber } from "../../graph/name-number.ts";
import type { Value } from "../../graph/graph.ts";
import type { Accumulation, Indexed, KernelNode, LoopKernel } from "../../schedule/loop-kernel.ts";

/** A buffer from the first element on that a kernel reads or writes. */
export interface BufferPart {
  readonly value: Value;
  readonly offset: number;
}

/** What plan and code of a loop kernel depend on, but for the addresses of its buffers. */
export interface KernelShape {
  /** Equal numbers, equal code. They are written over by the next shape. */
  readonly numbers: Float64Array;
  /** What it reads and writes, in an order that the numbers settle. */
  readonly buffers: readonly BufferPart[];
}

// Every kernel of a plan is described, and few differ: numbers in one place leave nothing behind, as texts would.
let numbers = new Float64Array(1024);
let count = 0;

function write(number: number): void {
  if (count === numbers.length) grow();
  numbers[count++] = number;
}

function grow(): void {
  const longer = new Float64Array(2 * count);
  longer.set(numbers);
  numbers = longer;
}

function writeConstant(value: number): void {
  write(value);
  // As text it would be 0.
  write(Object.is(value, -0) ? 1 : 0);
}

function writeAll(list: readonly number[]): void {
  write(list.length);
  for (let i = 0; i < list.length; i++) write(list[i]!);
}

/**
 * The shape of a kernel.
 *
 * @param open an axis whose extent is left out
 */
export function kernelShape(kernel: LoopKernel, open?: number): KernelShape {
  const { extents, reduced, nodes, stores, accumulations, lastRow, band } = kernel;
  const writer = new ShapeWriter(kernel);
  count = 0;
  write(extents.length);
  for (let axis = 0; axis < extents.length; axis++) {
    write(axis === open ? -1 : extents[axis]!);
    write(reduced[axis] === true ? 1 : 0);
  }
  writer.place(lastRow);
  writeAll(band === undefined ? [] : [band.rows, band.columns, band.lower, band.upper]);
  write(nodes.length);
  for (let i = 0; i < nodes.length; i++) writer.node(nodes[i]!, i);
  write(stores.length);
  for (let i = 0; i < stores.length; i++) {
    const { outside } = stores[i]!;
    writer.result(stores[i]!);
    if (band !== undefined && outside !== undefined) writeConstant(outside);
  }
  for (let i = 0; i < accumulations.length; i++) {
    write(nameNumber(accumulations[i]!.name));
    writer.result(accumulations[i]!);
  }
  return { numbers: numbers.subarray(0, count), buffers: writer.buffers };
}

/** Writes numbers for what a kernel consists of: buffers by the order in which it reaches them, nodes by their place. */
class ShapeWriter {
  /** Where each buffer is first read or written, from its first element on where it is written. */
  readonly #parts = new Map<Value, { readonly place: number; readonly value: Value; offset: number }>();
  readonly #nodes = new Map<KernelNode, number>();

  constructor({ nodes, stores, accumulations, lastRow }: LoopKernel) {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      if (node.kind === "load") this.#reach(node.from, node.offset);
    }
    for (const { to } of stores) this.#reach(to, 0);
    for (const { to, lastRow: last } of accumulations) {
      this.#reach(to, 0);
      if (last !== undefined) this.#reach(last, 0);
    }
    if (lastRow !== undefined) this.#reach(lastRow, 0);
  }

  get buffers(): BufferPart[] {
    return [...this.#parts.values()];
  }

  #reach(value: Value, offset: number): void {
    const part = this.#parts.get(value);
    if (part === undefined) this.#parts.set(value, { place: this.#parts.size, value, offset });
    else if (offset < part.offset) part.offset = offset;
  }

  place(value: Value | undefined): void {
    write(value === undefined ? -1 : this.#parts.get(value)!.place);
  }

  node(node: KernelNode, at: number): void {
    this.#nodes.set(node, at);
    write(nameNumber(node.kind));
    write(nameNumber(node.dtype));
    if (node.kind === "apply") {
      write(nameNumber(node.name));
      write(node.inputs.length);
      for (let i = 0; i < node.inputs.length; i++) write(this.#nodes.get(node.inputs[i]!)!);
    } else if (node.kind === "load") {
      const { place, offset } = this.#parts.get(node.from)!;
      write(place);
      write(node.offset - offset);
      writeAll(node.strides);
      this.#index(node.at);
    } else if (node.kind === "iota") {
      write(node.offset);
      writeAll(node.strides);
    } else if (node.kind === "constant") {
      writeConstant(node.value);
    } else {
      write(nameNumber(node.name));
      write(this.#nodes.get(node.input)!);
    }
  }

  result({ node, to, strides, at, lastRow }: Omit<Accumulation, "name">): void {
    write(this.#nodes.get(node)!);
    this.place(to);
    write(nameNumber(to.dtype));
    writeAll(strides);
    this.#index(at);
    if (at === undefined) return;
    writeAll(to.shape);
    this.place(lastRow);
  }

  #index(where: Indexed | undefined): void {
    write(where === undefined ? -1 : this.#nodes.get(where.index)!);
    if (where !== undefined) write(where.stride);
  }
}
