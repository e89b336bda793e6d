import type { ModuleBuilder } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import { bytesOf } from "../elements.ts";
import { defineSharedLoops, type SharedLoopFunction } from "./emit-loop-kernel.ts";
import type { PlannedLoops } from "./planned-loops.ts";

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
  readonly #counts = new Map<string, number>();
  readonly #functions = new Map<string, SharedLoopFunction>();

  /** @param kernels those that one thread runs as a whole */
  constructor(module: ModuleBuilder, kernels: readonly PlannedLoops[]) {
    this.#module = module;
    for (const { pattern } of kernels) this.#counts.set(pattern.text, (this.#counts.get(pattern.text) ?? 0) + 1);
  }

  /** The common code of kernels like this one; undefined if they are few. */
  codeOf(kernel: PlannedLoops, addressOf: (value: Value) => number): LoopCode | undefined {
    const { text } = kernel.pattern;
    if ((this.#counts.get(text) ?? 0) < fewest) return undefined;
    let run = this.#functions.get(text);
    if (run === undefined) {
      run = defineSharedLoops(this.#module, `loops${this.#functions.size}`, kernel.plan, kernel.buffers);
      this.#functions.set(text, run);
    }
    const addresses: Record<string, number> = {};
    kernel.buffers.forEach(({ value, offset }, i) => {
      addresses[`buffer${i}`] = addressOf(value) + offset * bytesOf(value.dtype);
    });
    return { run, addresses };
  }
}
