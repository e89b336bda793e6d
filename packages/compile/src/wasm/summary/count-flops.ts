import { dtypes, sizeOf } from "@tapegrad/tensor/internal";
import type { GemmSpec } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import { operationFlops } from "../../operations/operation-flops.ts";
import { operations } from "../../operations/operations.ts";
import { bandSize } from "../../schedule/band.ts";
import { inputsOf, type KernelNode, type LoadNode, neededBy, type Store } from "../../schedule/loop-kernel.ts";
import { readsOf, writesOf } from "../../schedule/reads-and-writes.ts";
import { ownBuffer } from "../loops/planned-loops.ts";
import type { LoopPlan } from "../loops/loop-plan.ts";
import type { PlannedKernel } from "../planned-kernel.ts";

/**
 * Floating-point operations of a kernel: 2mnk for a product of matrices, less where a mask leaves out terms or elements, and those of folding it; otherwise what the table of operations
 * says, mostly one, for each element that an operation gives or a reduction takes, less where rows are computed in a band only. Repetition of work in a second pass is not
 * counted, nor are conversions, comparisons and choices.
 */
export function countFlops(planned: PlannedKernel): number {
  if (planned.kind === "loop") return loopFlops(planned.pattern.plan);
  if (planned.kind === "routine") return operationFlops(planned.kernel.operation);
  const { spec, batch, kernel } = planned.plan;
  const folded = kernel.folding === undefined ? 0 : operationFlops(kernel.folding);
  return 2 * termsOf(spec) * batch.reduce((product, { size }) => product * size, 1) + folded;
}

/** Terms of all elements of a product that are not known to be 0 or useless. */
function termsOf({ m, n, k, bandA, bandC }: GemmSpec): number {
  if (bandA !== undefined) return n * bandSize(bandA, m, k);
  return bandC === undefined ? m * n * k : k * bandSize(bandC, m, n);
}

/** Bytes that a kernel reads and writes, each element once. */
export function countBytes(planned: PlannedKernel): number {
  if (planned.kind !== "loop") {
    const kernel = planned.kind === "routine" ? planned.kernel : planned.plan.kernel;
    return [...new Set([...readsOf(kernel), ...writesOf(kernel)])].reduce((sum, value) => sum + bytesOf(value), 0);
  }
  const { kernel, nodes, varies } = planned.pattern.plan;
  const own = (value: Value): Value => ownBuffer(planned, value).value;
  const loads = nodes.flatMap((node) =>
    node.kind === "load" ? [touched(own(node.from), kernel.extents, node.strides, indexAxes(node, varies))] : [],
  );
  const stores = [...kernel.stores, ...kernel.accumulations].map((result) =>
    touched(own(result.to), kernel.extents, result.strides, indexAxes(result, varies)),
  );
  return [...loads, ...stores].reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes of a whole value. */
export function bytesOf({ shape, dtype }: Value): number {
  return sizeOf(shape) * dtypes[dtype].bytes;
}

/** The axes along which an index changes. */
function indexAxes(access: Pick<LoadNode, "at"> | Store, varies: LoopPlan["varies"]): ReadonlySet<number> | undefined {
  return "at" in access && access.at !== undefined ? varies.get(access.at.index) : undefined;
}

function touched(
  value: Value,
  extents: readonly number[],
  strides: readonly number[],
  chosen: ReadonlySet<number> | undefined,
): number {
  const moves = (axis: number): boolean => strides[axis] !== 0 || chosen?.has(axis) === true;
  const elements = extents.reduce((product, extent, axis) => (moves(axis) ? product * extent : product), 1);
  return Math.min(elements, sizeOf(value.shape)) * dtypes[value.dtype].bytes;
}

function loopFlops({ kernel, nodes, varies }: LoopPlan): number {
  const { extents, reduced, band } = kernel;
  const elements = (axes: ReadonlySet<number> | undefined): number => {
    const all = [...(axes ?? [])].reduce((product, axis) => product * extents[axis]!, 1);
    if (band === undefined || !axes!.has(band.rows) || !axes!.has(band.columns)) return all;
    const [m, n] = [extents[band.rows]!, extents[band.columns]!];
    return (all / (m * n)) * bandSize(band, m, n);
  };
  let flops = 0;
  for (const node of nodes) {
    if (node.kind === "apply") flops += operations[node.name].flops * elements(varies.get(node));
    if (node.kind === "reduce") flops += elements(withReduced(node, varies, reduced));
  }
  for (const result of kernel.accumulations) {
    flops += elements(new Set(neededBy(result).flatMap((node) => [...(varies.get(node) ?? [])])));
  }
  return flops;
}

function withReduced(node: KernelNode, varies: LoopPlan["varies"], reduced: readonly boolean[]): ReadonlySet<number> {
  const axes = new Set(inputsOf(node).flatMap((input) => [...(varies.get(input) ?? [])]));
  reduced.forEach((isReduced, axis) => isReduced && axes.add(axis));
  return axes;
}
