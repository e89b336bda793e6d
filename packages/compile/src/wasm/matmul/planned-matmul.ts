import { gemmRowStep, gemmScratchBytes } from "@tapegrad/simd";
import type { MatmulKernel } from "../../schedule/kernel.ts";
import type { Split } from "../loops/split.ts";
import { type MatmulPlan, planMatmul } from "./matmul-plan.ts";
import { matmulScratch } from "./matmul-scratch.ts";
import { splitMatmul } from "./split-matmul.ts";

/** A product with its plan. */
export interface PlannedMatmul {
  readonly kind: "matmul";
  readonly plan: MatmulPlan;
  /** Says all about sizes and layouts of one product: equal text, equal code, but for what finishes its elements. */
  readonly text: string;
  /** Scratch memory that one thread needs. */
  readonly scratchBytes: number;
  readonly split: Split | undefined;
}

/** What products of equal sizes and layouts have in common. */
type Sizes = Readonly<{ scratchBytes: number; rowStep: number }>;

/** Plans products: once for all of equal sizes and layouts. */
export class MatmulPlanner {
  readonly #fma: boolean;
  readonly #sizes = new Map<string, Sizes>();

  constructor(fma: boolean) {
    this.#fma = fma;
  }

  plan(kernel: MatmulKernel): PlannedMatmul {
    const plan = planMatmul(kernel, this.#fma);
    const text = JSON.stringify(plan.spec);
    let sizes = this.#sizes.get(text);
    if (sizes === undefined) {
      sizes = { scratchBytes: gemmScratchBytes(plan.spec), rowStep: gemmRowStep(plan.spec) };
      this.#sizes.set(text, sizes);
    }
    const { rowStep } = sizes;
    const scratchBytes = plan.folded === undefined ? sizes.scratchBytes : matmulScratch(plan).bytes;
    return { kind: "matmul", plan, text, scratchBytes, split: splitMatmul(plan, rowStep) };
  }
}
