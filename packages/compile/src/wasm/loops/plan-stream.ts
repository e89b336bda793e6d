import { inputsOf, type KernelNode, type Store } from "../../schedule/loop-kernel.ts";
import { aligned } from "../alignment.ts";
import { bytesOf } from "../elements.ts";
import { factorsOf } from "./absorbed-products.ts";
import { leastStreamed } from "./least-streamed.ts";
import type { Width } from "./lanes.ts";
import type { LoopPlan } from "./loop-plan.ts";

/**
 * How sums of columns are computed row by row, as rows lie in memory: in each pass a few rows at a time along a block of
 * columns, whose sums, and what follows from them, are kept in scratch memory that stays in the cache.
 */
export interface Stream {
  readonly width: Width;
  /** Columns of a block at most, a multiple of the width. */
  readonly columns: number;
  /** Rows at a time. */
  readonly rows: number;
  /** Where the values of a block's columns lie in scratch memory: every reduction, and what passes need of those. */
  readonly kept: ReadonlyMap<KernelNode, number>;
  readonly bytes: number;
}

/** Neighbours that are computed at once: sums of more would not stay in registers. */
const width = 8;
/** What is kept of a block stays in a core's own cache: it passes by in order, as rows do, so that it need not be smaller. */
const keptBytes = 131_072;
/** At such distances rows fall into the same sets of the first-level cache, which holds few of them at a time. */
const setBytes = 4096;

/** What a plan of loops has settled before. */
export type StreamQuestion = Pick<LoopPlan, "kernel" | "nodes" | "inner" | "lanes" | "varies" | "stage" | "passes" | "spills" | "absorbed">; // prettier-ignore

/** How the columns of a kernel are streamed; undefined where that is not better than to finish a few of them after another. */
export function planStream(question: StreamQuestion): Stream | undefined {
  const { kernel, nodes, inner, lanes, varies, passes } = question;
  const axis = inner.at(-1);
  if (lanes === undefined || kernel.reduced[lanes] === true || axis === undefined || passes.length === 0)
    return undefined;
  const extent = kernel.extents[lanes]!;
  const elements = kernel.extents.reduce((product, n) => product * n, 1);
  // What is dear and kept for other passes has more room where few columns are computed at a time.
  const keepsDear = [...question.spills.keys()].some(({ kind }) => kind === "apply");
  if (elements < leastStreamed || extent < width || keepsDear) return undefined;
  if (nodes.some((node) => node.kind === "reduce" && !varies.get(node)!.has(lanes))) return undefined;
  const kept = keptNodes(question, lanes);
  const perColumn = kept.reduce((sum, { dtype }) => sum + bytesOf(dtype), 0);
  const even = extent - (extent % width);
  const blocks = Math.ceil((even * perColumn) / keptBytes);
  const columns = Math.ceil(even / Math.max(1, blocks) / width) * width;
  const offsets = new Map<KernelNode, number>();
  let bytes = 0;
  for (const node of kept) {
    offsets.set(node, bytes);
    bytes += aligned(columns * bytesOf(node.dtype));
  }
  const meets = (node: KernelNode): boolean => {
    const step = node.kind === "load" ? node.strides[axis]! * bytesOf(node.dtype) : 0;
    return step !== 0 && step % setBytes === 0;
  };
  return { width, columns, rows: nodes.some(meets) ? 2 : 4, kept: offsets, bytes };
}

/** Reductions, and what is computed of columns between passes and used elsewhere than there. */
function keptNodes(question: StreamQuestion, lanes: number): KernelNode[] {
  const { kernel, nodes, inner, varies, stage, passes, absorbed } = question;
  const isFull = (node: KernelNode): boolean => inner.some((axis) => varies.get(node)!.has(axis));
  const isColumn = (node: KernelNode): boolean => !isFull(node) && varies.get(node)!.has(lanes);
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
      use(store.node, 2 * p + 1);
    }
  });
  for (const result of [...kernel.stores, ...kernel.accumulations]) {
    if (!inPasses.has(result)) use(result.node, 2 * passes.length);
  }
  return nodes.filter((node) => node.kind === "reduce" || used.has(node));
}
