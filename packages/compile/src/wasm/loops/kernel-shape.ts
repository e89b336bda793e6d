import type { Value } from "../../graph/graph.ts";
import type { KernelNode, LoopKernel, Store } from "../../schedule/loop-kernel.ts";

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

/** The shape of a kernel. */
export function kernelShape(kernel: LoopKernel): KernelShape {
  const { nodes } = kernel;
  const offsets = new Map<Value, number>();
  for (const node of nodes) {
    if (node.kind === "load") offsets.set(node.from, Math.min(node.offset, offsets.get(node.from) ?? Infinity));
  }
  for (const { to } of [...kernel.stores, ...kernel.accumulations]) offsets.set(to, 0);
  const buffers = [...offsets].map(([value, offset]): BufferPart => ({ value, offset }));
  const places = new Map(buffers.map(({ value }, i) => [value, i]));
  const at = new Map(nodes.map((node, i) => [node, i]));
  const loads = describeNodes(nodes, (value, offset) => `${places.get(value)} ${offset - offsets.get(value)!}`);
  const result = (name: string, { node, to, strides }: Store): string =>
    `${name} ${at.get(node)} ${places.get(to)} ${to.dtype} ${strides.join()}`;
  const results = [
    ...kernel.stores.map((store) => result("store", store)),
    ...kernel.accumulations.map((accumulation) => result(accumulation.name, accumulation)),
  ];
  return { text: `${kernel.extents.join()} ${kernel.reduced.join()}\n${loads}${results.join("\n")}`, buffers };
}

/**
 * Nodes, inputs first, as text: equal text, equal computation.
 *
 * @param placeOf what stands for an element of a buffer
 */
export function describeNodes(nodes: readonly KernelNode[], placeOf: (value: Value, offset: number) => string): string {
  const at = new Map<KernelNode, number>();
  let text = "";
  for (const node of nodes) {
    at.set(node, at.size);
    text += `${node.kind} ${node.dtype} `;
    if (node.kind === "load") text += `${placeOf(node.from, node.offset)} ${node.strides.join()}`;
    else if (node.kind === "iota") text += `${node.offset} ${node.strides.join()}`;
    else if (node.kind === "constant") text += Object.is(node.value, -0) ? "-0" : node.value;
    else if (node.kind === "reduce") text += `${node.name} ${at.get(node.input)}`;
    else {
      text += node.name;
      for (const input of node.inputs) text += ` ${at.get(input)}`;
    }
    text += "\n";
  }
  return text;
}
