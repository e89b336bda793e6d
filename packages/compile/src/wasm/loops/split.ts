import type { Value } from "../../graph/graph.ts";
import { isIndexed, resultSize } from "../../schedule/loop-kernel.ts";
import { aligned } from "../alignment.ts";
import { bytesOf } from "../elements.ts";
import type { LoopPlan } from "./loop-plan.ts";

/** How the work of a kernel is shared among threads: along one loop, in steps of so many turns. */
export interface Split {
  readonly extent: number;
  readonly step: number;
  /** Whether its turns compute more and more, or less. */
  readonly isUneven?: boolean;
  /** The number of parts, where results depend on it: fixed by the shape, whatever the number of threads. */
  readonly parts?: number;
}

/** Parts in which sums over the outer loop are accumulated: one, two, four and eight threads share them evenly. */
const accumulatedParts = 8;
/** Of long loops, whose parts still have many turns: three, six and twelve threads, too. */
const manyParts = 24;
const longLoop = 64 * manyParts;
/** Operations on elements that repay a barrier. */
export const leastElements: number = 40_000;

/** How the loops of a kernel are shared; undefined if they are too short. */
export function splitLoops({ kernel, outer, lanes, nodes, width, unroll }: LoopPlan): Split | undefined {
  const axis = outer[0];
  if (axis === undefined) return undefined;
  const extent = kernel.extents[axis]!;
  const elements = kernel.extents.reduce((product, n) => product * n, 1);
  if (extent < 2 || elements * nodes.length < leastElements) return undefined;
  const step = axis === lanes ? width * unroll : 1;
  // What is added where an index says has elements of its own in every turn of the outer loops.
  if (kernel.accumulations.every(isIndexed)) return { extent, step, isUneven: axis === kernel.band?.rows };
  const steps = Math.ceil(extent / step);
  const parts = Math.min(steps < longLoop ? accumulatedParts : manyParts, steps);
  return parts < 2 ? undefined : { extent, step, parts };
}

/** Where each accumulation lies in the block of a part, and how long the block is. */
export function partialLayout({ kernel }: LoopPlan): {
  readonly offsets: ReadonlyMap<Value, number>;
  readonly bytes: number;
} {
  const offsets = new Map<Value, number>();
  let bytes = 0;
  for (const result of kernel.accumulations) {
    if (isIndexed(result)) continue;
    offsets.set(result.to, bytes);
    bytes += aligned(resultSize(kernel, result) * bytesOf(result.node.dtype));
  }
  return { offsets, bytes };
}
