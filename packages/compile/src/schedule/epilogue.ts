import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import type { Value } from "../graph/graph.ts";
import { loopExtents } from "./align.ts";
import type { Kernel, LoopKernel, MatmulKernel } from "./kernel.ts";
import { readsOf } from "./reads-and-writes.ts";

/** Lets products finish their elements, with a bias and an activation, where only one elementwise kernel reads them. */
export function withEpilogues(kernels: readonly Kernel[], outputs: ReadonlySet<Value>): Kernel[] {
  const readers = new Map<Value, Kernel[]>();
  for (const kernel of kernels) {
    for (const value of readsOf(kernel)) {
      const list = readers.get(value);
      if (list === undefined) readers.set(value, [kernel]);
      else list.push(kernel);
    }
  }
  const absorbed = new Set<Kernel>();
  const merged = kernels.map((kernel): Kernel => {
    if (kernel.kind !== "matmul" || outputs.has(kernel.product)) return kernel;
    const [reader, ...others] = readers.get(kernel.product) ?? [];
    if (reader?.kind !== "loop" || others.length > 0) return kernel;
    const withEpilogue = finished(kernel, reader);
    if (withEpilogue !== undefined) absorbed.add(reader);
    return withEpilogue ?? kernel;
  });
  return merged.filter((kernel) => !absorbed.has(kernel));
}

/** The product with the operations of a kernel on it, if those need nothing but it, constants and vectors along its rows. */
function finished(kernel: MatmulKernel, reader: LoopKernel): MatmulKernel | undefined {
  const { product } = kernel;
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
