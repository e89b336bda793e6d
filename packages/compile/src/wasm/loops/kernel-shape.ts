import type { Value } from "../../graph/graph.ts";
import type { Accumulation, Indexed, KernelNode, LoopKernel } from "../../schedule/loop-kernel.ts";

/** A buffer from the first element on that a kernel reads or writes. */
export interface BufferPart {
  readonly value: Value;
  readonly offset: number;
}

/** What plan and code of a loop kernel depend on, but for the addresses of its buffers. */
export interface KernelShape {
  /** Equal text, equal code. */
  readonly text: string;
  /** What it reads and writes, in an order that the text settles. */
  readonly buffers: readonly BufferPart[];
}

/**
 * The shape of a kernel.
 *
 * @param open an axis whose extent is left out
 */
export function kernelShape(
  { extents, reduced, nodes, stores, accumulations, lastRow }: LoopKernel,
  open?: number,
): KernelShape {
  // Where each buffer is first read or written, from its first element on where it is written.
  const parts = new Map<Value, { readonly place: number; offset: number }>();
  const reach = (value: Value, offset: number): void => {
    const part = parts.get(value);
    if (part === undefined) parts.set(value, { place: parts.size, offset });
    else if (offset < part.offset) part.offset = offset;
  };
  for (const node of nodes) if (node.kind === "load") reach(node.from, node.offset);
  for (const { to } of stores) reach(to, 0);
  for (const { to, lastRow: last } of accumulations) {
    reach(to, 0);
    if (last !== undefined) reach(last, 0);
  }
  if (lastRow !== undefined) reach(lastRow, 0);
  const at = new Map<KernelNode, number>();
  const atText = (where: Indexed | undefined): string =>
    where === undefined ? "" : ` at ${where.stride} ${at.get(where.index)}`;
  const loops = open === undefined ? extents : extents.map((extent, axis) => (axis === open ? "" : extent));
  let text = `${loops.join()}${lastRow === undefined ? "" : ` to ${parts.get(lastRow)!.place}`} ${reduced.join()}\n`;
  for (const node of nodes) {
    at.set(node, at.size);
    text += `${node.kind} ${node.dtype} `;
    if (node.kind === "load") {
      const { place, offset } = parts.get(node.from)!;
      text += `${place} ${node.offset - offset} ${node.strides.join()}${atText(node.at)}`;
    } else if (node.kind === "iota") text += `${node.offset} ${node.strides.join()}`;
    else if (node.kind === "constant") text += Object.is(node.value, -0) ? "-0" : node.value;
    else if (node.kind === "reduce") text += `${node.name} ${at.get(node.input)}`;
    else {
      text += node.name;
      for (const input of node.inputs) text += ` ${at.get(input)}`;
    }
    text += "\n";
  }
  const result = (name: string, { node, to, strides, at: where, lastRow: last }: Omit<Accumulation, "name">): void => {
    const limit = last === undefined ? "" : ` to ${parts.get(last)!.place}`;
    const size = where === undefined ? "" : ` of ${to.shape.join()}${limit}`;
    text += `${name} ${at.get(node)} ${parts.get(to)!.place} ${to.dtype} ${strides.join()}${atText(where)}${size}\n`;
  };
  for (const store of stores) result("store", store);
  for (const accumulation of accumulations) result(accumulation.name, accumulation);
  return { text, buffers: Array.from(parts, ([value, { offset }]) => ({ value, offset })) };
}
