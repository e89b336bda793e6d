import type { ModuleBuilder } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import type { PlannedKernel } from "../planned-kernel.ts";
import { bytesOf } from "../elements.ts";
import { defineSharedLoops, type SharedLoopFunction } from "./emit-loop-kernel.ts";
import { type KernelShape, kernelShape } from "./kernel-shape.ts";
import type { LoopPlan } from "./loop-plan.ts";

/** Fewer kernels of one shape have code of their own each, in which addresses are constants. */
const fewest = 8;

/** The code of a kernel, and what it takes besides the part of the loops that it runs. */
export interface LoopCode {
  readonly run: SharedLoopFunction;
  readonly addresses: Readonly<Record<string, number>>;
}

/**
 * The code of small kernels that differ in nothing but addresses, as those of the steps of an unrolled loop: one function
 * for all of them.
 */
export class RepeatedLoops {
  readonly #module: ModuleBuilder;
  readonly #shapes = new Map<LoopPlan, KernelShape>();
  readonly #counts = new Map<string, number>();
  readonly #functions = new Map<string, SharedLoopFunction>();

  constructor(module: ModuleBuilder, kernels: readonly PlannedKernel[]) {
    this.#module = module;
    if (kernels.length < fewest) return;
    for (const kernel of kernels) {
      if (kernel.kind !== "loop" || kernel.split !== undefined) continue;
      const shape = kernelShape(kernel.plan);
      this.#shapes.set(kernel.plan, shape);
      this.#counts.set(shape.text, (this.#counts.get(shape.text) ?? 0) + 1);
    }
  }

  /** The common code of kernels like this one; undefined if they are few. */
  codeOf(plan: LoopPlan, addressOf: (value: Value) => number): LoopCode | undefined {
    const shape = this.#shapes.get(plan);
    const count = shape === undefined ? 0 : this.#counts.get(shape.text)!;
    if (shape === undefined || count < fewest) return undefined;
    let run = this.#functions.get(shape.text);
    if (run === undefined) {
      run = defineSharedLoops(this.#module, `loops${this.#functions.size}`, plan, shape.buffers);
      this.#functions.set(shape.text, run);
    }
    const addresses: Record<string, number> = {};
    shape.buffers.forEach(({ value, offset }, i) => {
      addresses[`buffer${i}`] = addressOf(value) + offset * bytesOf(value.dtype);
    });
    return { run, addresses };
  }
}
