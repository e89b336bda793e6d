import type { OperationName } from "../../operations/operation.ts";
import { operations } from "../../operations/operations.ts";
import type { KernelNode, LoopKernel } from "../../schedule/loop-kernel.ts";
import { bytesOf, elements } from "../elements.ts";
import type { Width } from "./lanes.ts";
import type { Pass } from "./loop-plan.ts";

/** Where a node's value of one pass is kept for the next. */
export interface Spill {
  /** Byte offset in the kernel's scratch memory. */
  readonly offset: number;
  /** Elements per step of each axis. */
  readonly strides: readonly number[];
}

/** The values that passes keep for each other, and the bytes that they take. */
export interface Spills {
  readonly spills: ReadonlyMap<KernelNode, Spill>;
  readonly scratchBytes: number;
}

/** Rows at such distances fall into few sets of the cache: so many of them evict each other (conflict misses). */
const farBytes = 1024;
const manyRows = 64;

/** So few turns keep what is dear enough to be read from the first-level cache: quotients and roots, too. */
const fewTurns = 16;

/** What a plan of loops has settled before. */
export interface SpillQuestion {
  readonly kernel: LoopKernel;
  readonly nodes: readonly KernelNode[];
  readonly passes: readonly Pass[];
  readonly inner: readonly number[];
  readonly lanes: number | undefined;
  readonly width: Width;
  readonly varies: ReadonlyMap<KernelNode, ReadonlySet<number>>;
}

function isDearToRepeat(name: OperationName, turns: number): boolean {
  const { cost } = operations[name];
  return cost === "dear" || (cost === "moderate" && turns < fewTurns);
}

/** Chooses what several passes over the inner loops need and is dear to compute, or to read, again. */
export function planSpills({ kernel, nodes, passes, inner, lanes, width, varies }: SpillQuestion): Spills {
  const spills = new Map<KernelNode, Spill>();
  const size = inner.reduce((product, axis) => product * kernel.extents[axis]!, 1);
  const isColumn = lanes !== undefined && kernel.reduced[lanes] === false;
  const isFar = (node: KernelNode): boolean =>
    node.kind === "load" &&
    isColumn &&
    size >= manyRows &&
    node.strides[lanes] === 1 &&
    inner.some((axis) => Math.abs(node.strides[axis]!) * bytesOf(node.dtype) >= farBytes);
  let bytes = 0;
  for (const node of nodes) {
    const isDear = isFar(node) || (node.kind === "apply" && isDearToRepeat(node.name, size));
    if (!isDear || !inner.some((axis) => varies.get(node)?.has(axis))) continue;
    if (passes.filter((pass) => pass.nodes.has(node)).length < 2) continue;
    const copies = isColumn && varies.get(node)?.has(lanes) === true ? width : 1;
    const strides = kernel.extents.map(() => 0);
    let step = copies;
    for (const axis of inner.toReversed()) {
      strides[axis] = step;
      step *= kernel.extents[axis]!;
    }
    spills.set(node, { offset: bytes, strides });
    bytes += Math.ceil(((size * copies * 16) / elements[node.dtype].lanes + 32) / 16) * 16;
  }
  return { spills, scratchBytes: bytes };
}
