import {
  type Accumulation,
  inputsOf,
  isIndexed,
  type KernelNode,
  type LoopKernel,
  neededBy,
  type ReduceNode,
  type Store,
} from "../../schedule/loop-kernel.ts";
import { absorbedProducts } from "./absorbed-products.ts";
import { collapse } from "./collapse.ts";
import type { Width } from "./lanes.ts";
import { planStream, type Stream, streamWidth } from "./plan-stream.ts";
import { planSpills, type Spill } from "./plan-spills.ts";
import { repaysBand } from "./row-ends.ts";

/** How the loops of a kernel are nested, and what each pass over the inner ones computes. */
export interface LoopPlan {
  readonly kernel: LoopKernel;
  readonly nodes: readonly KernelNode[];
  /** Kept axes, outermost loop first. */
  readonly outer: readonly number[];
  /** Reduced axes, outermost loop first. */
  readonly inner: readonly number[];
  /** The axis that lanes lie along; undefined without loops. */
  readonly lanes: number | undefined;
  readonly varies: ReadonlyMap<KernelNode, ReadonlySet<number>>;
  readonly stage: ReadonlyMap<KernelNode, number>;
  readonly passes: readonly Pass[];
  readonly spills: ReadonlyMap<KernelNode, Spill>;
  readonly scratchBytes: number;
  /** Products that are computed by the sum that uses them; empty without multiply-add. */
  readonly absorbed: ReadonlyMap<KernelNode, KernelNode & { readonly kind: "apply" }>;
  readonly width: Width;
  /** How many wide steps a turn of the loop along the lanes makes. */
  readonly unroll: number;
  /** How columns are streamed; undefined where they are not. */
  readonly stream: Stream | undefined;
  /** Whether it has so many elements that calls are worth avoiding. */
  readonly isHot: boolean;
}

/** One run through the inner loops. */
export interface Pass {
  readonly reductions: readonly ReduceNode[];
  readonly stores: readonly Store[];
  /** What it computes, inputs first. */
  readonly nodes: ReadonlySet<KernelNode>;
}

/** Elements from which on calls are worth avoiding. */
const hotElements = 1024;

/** Longer bodies have no use for fewer turns. */
const longestUnrolled = 16;

/** Plans the loops of a kernel. */
export function planLoops(uncollapsed: LoopKernel, fma: boolean): LoopPlan {
  const kernel = collapse(uncollapsed);
  const { nodes } = kernel;
  const varies = new Map<KernelNode, ReadonlySet<number>>();
  const stage = new Map<KernelNode, number>();
  for (const node of nodes) {
    const inputs = inputsOf(node);
    const axes = new Set(inputs.flatMap((input) => [...(varies.get(input) ?? [])]));
    if ("strides" in node) node.strides.forEach((stride, axis) => stride !== 0 && axes.add(axis));
    if (node.kind === "reduce") kernel.reduced.forEach((isReduced, axis) => isReduced && axes.delete(axis));
    varies.set(node, axes);
    const last = Math.max(0, ...inputs.map((input) => stage.get(input)!));
    stage.set(node, node.kind === "reduce" ? last + 1 : last);
  }
  const lanes = laneAxis(kernel, nodes, varies);
  const order = (wanted: boolean): number[] => {
    const axes = kernel.extents.flatMap((_, axis) => (kernel.reduced[axis] === wanted ? [axis] : []));
    return lanes !== undefined && axes.includes(lanes) ? [...axes.filter((axis) => axis !== lanes), lanes] : axes;
  };
  const [outer, inner] = [order(false), order(true)];
  const isFull = (node: KernelNode): boolean => inner.some((axis) => varies.get(node)?.has(axis));
  const passes = planPasses(kernel, nodes, stage, isFull);
  const isColumn = lanes !== undefined && kernel.reduced[lanes] === false && inner.length > 0;
  const elements = kernel.extents.reduce((product, extent) => product * extent, 1);
  // Each pass is a loop of its own.
  const body = passes.reduce((most, pass) => Math.max(most, pass.nodes.size), passes.length === 0 ? nodes.length : 0);
  const width: Width = isColumn ? columnWidth(kernel.extents[lanes]!, elements, nodes) : body > longestUnrolled ? 4 : 8;
  const { band } = kernel;
  if (band !== undefined && !(lanes === band.columns && repaysBand(kernel, band, width))) {
    return planLoops({ ...uncollapsed, band: undefined }, fma);
  }
  const absorbed = fma ? absorbedProducts(kernel, nodes, varies) : new Map<KernelNode, never>();
  const unroll = isColumn || body > longestUnrolled || band !== undefined ? 1 : 2;
  const isHot = elements >= hotElements;
  const settled = { kernel, nodes, outer, inner, lanes, varies, stage, passes, absorbed, unroll, isHot };
  const spilled = planSpills({ ...settled, width });
  const stream = planStream({ ...settled, width, spills: spilled.spills });
  if (stream === undefined) return { ...settled, width, ...spilled, stream };
  // Columns beyond the last lanes are computed as if nothing were streamed.
  const streamed = stream.axis === lanes ? streamWidth : width;
  const rest = planSpills({ ...settled, width: streamed });
  return { ...settled, width: streamed, ...rest, scratchBytes: Math.max(rest.scratchBytes, stream.bytes), stream };
}

/**
 * Half a cache line per visit does while all elements fit into a core's own cache; beyond it every visit fetches the
 * whole line.
 */
const nearElements = 65_536;

/**
 * A line of float64 is half as many. Of elementary functions of more than four vectors engines compute all side by side, and keep most
 * of what these need on the stack.
 */
function columnWidth(extent: number, elements: number, nodes: readonly KernelNode[]): Width {
  const isWide = nodes.some(({ dtype }) => dtype === "float64");
  return extent >= 16 && elements > nearElements && !isWide ? 16 : 8;
}

function planPasses(
  kernel: LoopKernel,
  nodes: readonly KernelNode[],
  stage: ReadonlyMap<KernelNode, number>,
  isFull: (node: KernelNode) => boolean,
): Pass[] {
  const results = [...kernel.stores, ...kernel.accumulations];
  // A value may be the same along the inner loops and yet be stored at each of their positions.
  // What is added where an index says moves with the inner loops.
  const full = results.filter(
    (result) =>
      isIndexed(result) || result.strides.some((stride, axis) => stride !== 0 && kernel.reduced[axis] === true),
  );
  const count = Math.max(0, ...nodes.map((node) => stage.get(node)!), ...full.map(({ node }) => stage.get(node)! + 1));
  return Array.from({ length: count }, (_, p) => {
    const reductions = nodes.filter((node): node is ReduceNode => node.kind === "reduce" && stage.get(node) === p + 1);
    const stores = full.filter(({ node }) => stage.get(node) === p);
    const wanted = new Set<KernelNode>();
    const pending = [...reductions.map(({ input }) => input), ...stores.flatMap(neededBy)];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (wanted.has(node)) continue;
      wanted.add(node);
      if (isFull(node)) pending.push(...inputsOf(node));
    }
    return { reductions, stores, nodes: new Set(nodes.filter((node) => wanted.has(node))) };
  });
}

/** The axis along which most of what is read and written lies side by side. */
function laneAxis(kernel: LoopKernel, nodes: readonly KernelNode[], varies: LoopPlan["varies"]): number | undefined {
  const loads = nodes.filter((node) => node.kind === "load");
  const all: readonly Pick<Accumulation, "strides" | "at">[] = [...loads, ...kernel.stores, ...kernel.accumulations];
  let best: number | undefined;
  let least = Infinity;
  kernel.extents.forEach((extent, axis) => {
    const short = extent < 4 ? 1000 : 0;
    const cost = all.reduce((sum, { strides, at }) => {
      if (at !== undefined && varies.get(at.index)!.has(axis)) return sum + 3;
      return sum + (strides[axis] === 1 ? 0 : strides[axis] === 0 ? 0.25 : 3);
    }, short);
    if (cost <= least) [best, least] = [axis, cost];
  });
  return best;
}
