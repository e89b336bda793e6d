import type { Value } from "../../graph/graph.ts";
import { isIndexed, type LoopKernel } from "../../schedule/loop-kernel.ts";
import { type BufferPart, kernelShape } from "./kernel-shape.ts";
import { type LoopPlan, planLoops } from "./loop-plan.ts";
import type { Stream } from "./plan-stream.ts";
import { type Split, splitLoops } from "./split.ts";

/** What kernels that differ in nothing but buffers have in common. */
export interface LoopPattern {
  /** The plan of the first such kernel. */
  readonly plan: LoopPlan;
  /** What that reads and writes, in the order of {@link PlannedLoops.buffers}. */
  readonly buffers: readonly BufferPart[];
  /** Where in them a value is. */
  readonly places: ReadonlyMap<Value, number>;
  readonly split: Split | undefined;
  /** Says what its code depends on, in any plan: equal text, equal code. The extent of an open outermost loop is not in it. */
  readonly code: string;
  /** Whether the outermost loop may have any extent. */
  readonly isOpen: boolean;
}

/** A loop kernel with its plan. */
export interface PlannedLoops {
  readonly kind: "loop";
  readonly kernel: LoopKernel;
  readonly pattern: LoopPattern;
  /** What it reads and writes, in an order that the pattern settles. */
  readonly buffers: readonly BufferPart[];
  readonly split: Split | undefined;
}

/** The buffer of a kernel that is in the place of one of its pattern's. */
export function ownBuffer({ pattern, buffers }: PlannedLoops, value: Value): BufferPart {
  return buffers[pattern.places.get(value)!]!;
}

/** Plans loops: once for all kernels that differ in nothing but buffers, as those of the steps of an unrolled loop. */
export class LoopPlanner {
  readonly #fma: boolean;
  /** With the shape of the kernel as it was scheduled, by a hash of it. */
  readonly #patterns = new Map<number, (readonly [shape: Float64Array, pattern: LoopPattern])[]>();

  constructor(fma: boolean) {
    this.#fma = fma;
  }

  plan(kernel: LoopKernel): PlannedLoops {
    const { numbers, buffers } = kernelShape(kernel);
    const hash = hashOf(numbers);
    let alike = this.#patterns.get(hash);
    if (alike === undefined) this.#patterns.set(hash, (alike = []));
    let pattern = alike.find(([shape]) => areSame(shape, numbers))?.[1];
    if (pattern === undefined) {
      const shape = numbers.slice();
      pattern = patternOf(kernel, this.#fma, buffers);
      alike.push([shape, pattern]);
    }
    return { kind: "loop", kernel, pattern, buffers, split: pattern.split };
  }
}

function hashOf(numbers: Float64Array): number {
  let hash = 0;
  for (let i = 0; i < numbers.length; i++) hash = (Math.imul(hash, 0x01000193) + numbers[i]!) | 0;
  return hash;
}

function areSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function patternOf(scheduled: LoopKernel, fma: boolean, buffers: readonly BufferPart[]): LoopPattern {
  const plan = planLoops(scheduled, fma);
  const split = splitLoops(plan);
  const { kernel, lanes, width, unroll, isHot, stream } = plan;
  const open = openAxis(plan);
  const parts = split?.parts === undefined ? "" : " parts";
  const isPart = split !== undefined && kernel.accumulations.some(isIndexed) ? " part" : "";
  const how = `${fma} ${lanes} ${width} ${unroll} ${isHot}${stream === undefined ? "" : streamText(stream)}`;
  const code = `${how}${parts}${isPart} ${kernelShape(kernel, open).numbers.join()}`;
  const places = new Map(buffers.map(({ value }, place) => [value, place]));
  return { plan, buffers, places, split, code, isOpen: open !== undefined };
}

/** What is not settled by the shape of a kernel of how its columns are streamed. */
function streamText({ axis, step, columns, rows }: Stream): string {
  return ` streams ${axis} ${step} ${columns} ${rows}`;
}

/** The outermost loop, if the rest of the code is the same however many turns it makes. */
function openAxis({ kernel, outer, stream }: LoopPlan): number | undefined {
  const axis = outer[0];
  if (axis === undefined || stream !== undefined || axis === kernel.band?.rows) return undefined;
  return kernel.accumulations.some((result) => isIndexed(result) || result.strides[axis] !== 0) ? undefined : axis;
}
