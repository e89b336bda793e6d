import type { LoopKernel } from "../../schedule/loop-kernel.ts";
import { type BufferPart, kernelShape } from "./kernel-shape.ts";
import { type LoopPlan, planLoops } from "./loop-plan.ts";
import { type Split, splitLoops } from "./split.ts";

/** What kernels that differ in nothing but buffers have in common. */
export interface LoopPattern {
  /** The shape of the kernel with its loops collapsed: equal text, equal code. */
  readonly text: string;
  /** The plan of the first such kernel. */
  readonly plan: LoopPlan;
  readonly split: Split | undefined;
}

/** A loop kernel with its plan. */
export class PlannedLoops {
  readonly kind = "loop";
  readonly kernel: LoopKernel;
  readonly pattern: LoopPattern;
  /** What it reads and writes, in an order that the pattern settles. */
  readonly buffers: readonly BufferPart[];
  readonly #planOwn: () => LoopPlan;
  #plan: LoopPlan | undefined;

  constructor(kernel: LoopKernel, pattern: LoopPattern, buffers: readonly BufferPart[], planOwn: () => LoopPlan) {
    this.kernel = kernel;
    this.pattern = pattern;
    this.buffers = buffers;
    this.#planOwn = planOwn;
  }

  /** The plan over its own buffers. */
  get plan(): LoopPlan {
    this.#plan ??= this.#planOwn();
    return this.#plan;
  }

  get split(): Split | undefined {
    return this.pattern.split;
  }
}

/** Plans loops: once for all kernels that differ in nothing but buffers, as those of the steps of an unrolled loop. */
export class LoopPlanner {
  readonly #fma: boolean;
  /** By the shape of the kernel as it was scheduled. */
  readonly #patterns = new Map<string, LoopPattern>();

  constructor(fma: boolean) {
    this.#fma = fma;
  }

  plan(kernel: LoopKernel): PlannedLoops {
    const { text, buffers } = kernelShape(kernel);
    const known = this.#patterns.get(text);
    if (known !== undefined) return new PlannedLoops(kernel, known, buffers, () => planLoops(kernel, this.#fma));
    const plan = planLoops(kernel, this.#fma);
    const pattern = { text: kernelShape(plan.kernel).text, plan, split: splitLoops(plan) };
    this.#patterns.set(text, pattern);
    return new PlannedLoops(kernel, pattern, buffers, () => plan);
  }
}
