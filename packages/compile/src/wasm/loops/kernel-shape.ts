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
  if (count === numbers.length) {
    const longer = new Float64Array(2 * count);
    longer.set(numbers);
    numbers = longer;
  }
  numbers[count++] = number;
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
export function kernelShape(
  { extents, reduced, nodes, stores, accumulations, lastRow, band }: LoopKernel,
  open?: number,
): KernelShape {
  // Where each buffer is first read or written, from its first element on where it is written.
  const parts = new Map<Value, { readonly place: number; readonly value: Value; offset: number }>();
  const reach = (value: Value, offset: number): void => {
    const part = parts.get(value);
    if (part === undefined) parts.set(value, { place: parts.size, value, offset });
    else if (offset < part.offset) part.offset = offset;
  };
  for (const node of nodes) if (node.kind === "load") reach(node.from, node.offset);
  for (const { to } of stores) reach(to, 0);
  for (const { to, lastRow: last } of accumulations) {
    reach(to, 0);
    if (last !== undefined) reach(last, 0);
  }
  if (lastRow !== undefined) reach(lastRow, 0);
  const placeOf = (value: Value | undefined): number => (value === undefined ? -1 : parts.get(value)!.place);
  const at = new Map<KernelNode, number>();
  const writeIndex = (where: Indexed | undefined): void => {
    write(where === undefined ? -1 : at.get(where.index)!);
    if (where !== undefined) write(where.stride);
  };
  const writeResult = ({ node, to, strides, at: where, lastRow: last }: Omit<Accumulation, "name">): void => {
    write(at.get(node)!);
    write(placeOf(to));
    write(nameNumber(to.dtype));
    writeAll(strides);
    writeIndex(where);
    if (where === undefined) return;
    writeAll(to.shape);
    write(placeOf(last));
  };
  count = 0;
  write(extents.length);
  for (let axis = 0; axis < extents.length; axis++) {
    write(axis === open ? -1 : extents[axis]!);
    write(reduced[axis] === true ? 1 : 0);
  }
  write(placeOf(lastRow));
  writeAll(band === undefined ? [] : [band.rows, band.columns, band.lower, band.upper]);
  write(nodes.length);
  for (const node of nodes) {
    at.set(node, at.size);
    write(nameNumber(node.kind));
    write(nameNumber(node.dtype));
    if (node.kind === "load") {
      const { place, offset } = parts.get(node.from)!;
      write(place);
      write(node.offset - offset);
      writeAll(node.strides);
      writeIndex(node.at);
    } else if (node.kind === "iota") {
      write(node.offset);
      writeAll(node.strides);
    } else if (node.kind === "constant") {
      writeConstant(node.value);
    } else if (node.kind === "reduce") {
      write(nameNumber(node.name));
      write(at.get(node.input)!);
    } else {
      write(nameNumber(node.name));
      write(node.inputs.length);
      for (const input of node.inputs) write(at.get(input)!);
    }
  }
  write(stores.length);
  for (const store of stores) {
    writeResult(store);
    if (band !== undefined && store.outside !== undefined) writeConstant(store.outside);
  }
  for (const accumulation of accumulations) {
    write(nameNumber(accumulation.name));
    writeResult(accumulation);
  }
  return { numbers: numbers.subarray(0, count), buffers: [...parts.values()] };
}
