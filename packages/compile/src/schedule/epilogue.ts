import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import type { Value } from "../graph/graph.ts";
import { loopExtents } from "./align.ts";
import type { Kernel, MatmulKernel } from "./kernel.ts";

/**
 * The product that finishes its elements, with a bias and an activation, where the one kernel that reads it is elementwise: if
 * that needs nothing but it, constants and vectors along its rows.
 */
export function withEpilogue(kernel: MatmulKernel, reader: Kernel): MatmulKernel | undefined {
  const { product } = kernel;
  if (reader.kind !== "loop") return undefined;
  const [store, ...more] = reader.stores;
  if (store === undefined || more.length > 0 || reader.accumulations.length > 0) return undefined;
  if (product.dtype !== "float32" || store.to.dtype !== "float32") return undefined;
  if (sizeOf(store.to.shape) !== sizeOf(product.shape) || reader.reduced.includes(true)) return undefined;
  if (reader.extents.at(-1) !== product.shape.at(-1)) return undefined;
  const whole = stridesOf(reader.extents);
  const isWhole = (strides: readonly number[]): boolean => strides.every((stride, axis) => stride === whole[axis]);
  const isRow = (strides: readonly number[]): boolean => strides.slice(0, -1).every((stride) => stride === 0);
  if (!isWhole(store.strides) || loopExtents(product.shape).at(-1) !== reader.extents.at(-1)) return undefined;
  for (const node of reader.nodes) {
    if (node.kind === "reduce" || node.kind === "iota") return undefined;
    if (node.kind !== "load") continue;
    if (node.at !== undefined) return undefined;
    if (node.from === product ? node.offset !== 0 || !isWhole(node.strides) : !isVector(node, isRow)) return undefined;
  }
  return { ...kernel, to: store.to, epilogue: store.node };
}

/** Whether a load reads an input of the graph, the same in every row: nothing that must be computed first. */
function isVector(
  {
    from,
    strides,
    dtype,
  }: { readonly from: Value; readonly strides: readonly number[]; readonly dtype: Value["dtype"] },
  isRow: (strides: readonly number[]) => boolean,
): boolean {
  const last = strides.at(-1);
  return from.from.kind !== "operation" && dtype === "float32" && isRow(strides) && (last === 0 || last === 1);
}
