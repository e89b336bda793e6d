import { sizeOf } from "@tapegrad/tensor/internal";
import {
  type ApplyNode,
  inputsOf,
  type KernelNode,
  neededBy,
  type ReduceNode,
  type Store,
} from "../../schedule/loop-kernel.ts";
import { aligned } from "../alignment.ts";
import { bytesOf } from "../elements.ts";
import { factorsOf } from "./absorbed-products.ts";
import { partCount } from "./lanes.ts";
import type { LoopPlan } from "./loop-plan.ts";
import { streamLimits } from "./stream-limits.ts";

/**
 * How sums over what lies far apart are computed as it lies in memory: in each pass row by row along a block of columns,
 * whose sums, and what follows from them, are kept in scratch memory that stays in the cache. Lanes lie along the columns,
 * or every column has a line of neighbours in each row, such as a channel of images.
 */
export interface Stream {
  /** The kept axis whose positions are the columns: the last of them. */
  readonly axis: number;
  /** How many columns are computed at once: as many as there are lanes, or one. */
  readonly step: 4 | 1;
  /** Columns of a block at most, a multiple of the step. */
  readonly columns: number;
  /** Rows at a time. */
  readonly rows: number;
  /** Where the values of a block's columns lie in scratch memory: every reduction, and what passes need of those. */
  readonly kept: ReadonlyMap<KernelNode, number>;
  /** Where sums lie before they are folded over lanes; empty where lanes lie along the columns. */
  readonly sums: ReadonlyMap<ReduceNode, SumPlace>;
  readonly bytes: number;
}

/** The vectors of a sum of each column. */
export interface SumPlace {
  readonly offset: number;
  /** Bytes of those of a column. */
  readonly bytes: number;
}

/** Lanes along columns that are computed at once: sums of more, and what is added to them, would not stay in registers. */
export const streamWidth = 4;
/** Rows at a time, between which sums along columns stay in registers. */
const streamRows = 4;
/** What is kept of a block stays in a core's own cache: it passes by in order, as rows do, so that it need not be smaller. */
const keptBytes = 131_072;

/** What a plan of loops has settled before. */
export type StreamQuestion = Pick<LoopPlan, "kernel" | "nodes" | "outer" | "inner" | "lanes" | "varies" | "stage" | "passes" | "spills" | "absorbed" | "width">; // prettier-ignore

/** How the columns of a kernel are streamed; undefined where that is not better than to finish a few of them after another. */
export function planStream(question: StreamQuestion): Stream | undefined {
  const { kernel, nodes, outer, inner, lanes, varies, passes } = question;
  const axis = outer.at(-1);
  if (lanes === undefined || axis === undefined || passes.length === 0) return undefined;
  // A part of a large array comes from as far away as the whole.
  const elements = nodes.reduce((most, node) => Math.max(most, node.kind === "load" ? sizeOf(node.from.shape) : 0), 0);
  // What is dear and kept for other passes has more room where few columns are computed at a time.
  const keepsDear = [...question.spills.keys()].some(({ kind }) => kind === "apply");
  if (elements < streamLimits.elements || keepsDear) return undefined;
  if (nodes.some((node) => node.kind === "reduce" && !varies.get(node)!.has(axis))) return undefined;
  const isAlong = axis === lanes;
  const rowAxes = isAlong ? inner : inner.slice(0, -1);
  const row = rowAxes.at(-1);
  const rows = rowAxes.reduce((product, reduced) => product * kernel.extents[reduced]!, 1);
  const extent = kernel.extents[axis]!;
  if (
    row === undefined ||
    rows < streamLimits.rows ||
    (isAlong ? extent < streamWidth : !hasFarLines(question, axis, row))
  )
    return undefined;
  const kept = keptNodes(question, axis);
  const reduced = isAlong ? [] : kept.filter((node) => node.kind === "reduce");
  const vectors = (node: KernelNode): number => 16 * partCount(node.dtype, question.width);
  const perColumn =
    kept.reduce((sum, { dtype }) => sum + bytesOf(dtype), 0) + reduced.reduce((sum, node) => sum + vectors(node), 0);
  const step = isAlong ? streamWidth : 1;
  const even = extent - (extent % step);
  const blocks = Math.max(1, Math.ceil((even * perColumn) / keptBytes));
  const columns = Math.ceil(even / blocks / step) * step;
  let bytes = 0;
  const placed = (size: number): number => (bytes += aligned(columns * size)) - aligned(columns * size);
  return {
    axis,
    step,
    columns,
    rows: isAlong ? streamRows : 1,
    kept: new Map(kept.map((node) => [node, placed(bytesOf(node.dtype))])),
    sums: new Map(reduced.map((node) => [node, { offset: placed(vectors(node)), bytes: vectors(node) }])),
    bytes,
  };
}

/** Whether each column has a line of neighbours in every row, and the lines of a row lie nearer to each other than rows do. */
function hasFarLines({ kernel, nodes, lanes }: StreamQuestion, axis: number, row: number): boolean {
  if (kernel.extents[lanes!]! < streamLimits.line) return false;
  return nodes.some((node) => {
    if (node.kind !== "load" || node.strides[lanes!] !== 1) return false;
    const far = Math.abs(node.strides[row]!);
    return far >= streamLimits.distance && Math.abs(node.strides[axis]!) < far && node.strides[axis] !== 0;
  });
}

/** Reductions, and what is computed of columns between passes and used elsewhere than there. */
function keptNodes(question: StreamQuestion, axis: number): (ReduceNode | ApplyNode)[] {
  const { kernel, nodes, inner, varies, stage, passes, absorbed } = question;
  const isFull = (node: KernelNode): boolean => inner.some((reduced) => varies.get(node)!.has(reduced));
  const isColumn = (node: KernelNode): boolean => !isFull(node) && varies.get(node)!.has(axis);
  const used = new Set<KernelNode>();
  /** Before pass p is place 2p, in it 2p + 1. */
  const use = (node: KernelNode, place: number): void => {
    if (node.kind === "apply" && isColumn(node) && place !== 2 * stage.get(node)!) used.add(node);
  };
  for (const node of nodes) {
    const at = stage.get(node)!;
    const place = node.kind === "reduce" ? 2 * at - 1 : 2 * at + (isFull(node) ? 1 : 0);
    const product = absorbed.get(node);
    for (const input of inputsOf(node)) {
      if (input !== product) use(input, place);
      else for (const factor of factorsOf(product)) use(factor, place);
    }
  }
  const inPasses = new Set<Store>();
  passes.forEach((pass, p) => {
    for (const store of pass.stores) {
      inPasses.add(store);
      for (const node of neededBy(store)) use(node, 2 * p + 1);
    }
  });
  for (const result of [...kernel.stores, ...kernel.accumulations]) {
    if (!inPasses.has(result)) use(result.node, 2 * passes.length);
  }
  return nodes.filter((node): node is ReduceNode | ApplyNode => node.kind === "reduce" || used.has(node));
}
