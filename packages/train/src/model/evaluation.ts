import type { Module } from "@tapegrad/nn";
import type { Logs } from "../training/callback.ts";
import { type BatchSource } from "./batch-source.ts";
import type { Figures } from "./figures.ts";
import { withoutNaN } from "./find-nan.ts";
import { Pauses } from "./pause.ts";
import type { Steps } from "./steps.ts";
import { toEvaluation } from "../training/with-mode.ts";

/** What is evaluated, and how. */
export interface Evaluation {
  readonly net: Module;
  readonly figures: Figures;
  readonly steps: Steps;
  readonly compile: boolean;
  /** Batches after which to stop; undefined for all. */
  readonly limit: number | undefined;
}

/**
 * Loss and metrics of a net in evaluation mode, over one walk of a source. What a training gathers at the same time, modes
 * and statistics of the net stay as they were.
 */
export async function evaluated(fn: string, source: BatchSource, evaluation: Evaluation): Promise<Logs> {
  const { net, figures, steps, compile, limit } = evaluation;
  const pauses = new Pauses();
  const goOn = figures.setAside(fn);
  const restoreModes = toEvaluation(net);
  const reader = source.read();
  try {
    for (let count = 0; count !== limit; count++) {
      const batch = await reader.next();
      if (batch === undefined) break;
      withoutNaN(fn, batch, `batch ${count}`, () => steps.test(batch, compile));
      await pauses.next();
    }
    return { ...figures.logs() };
  } finally {
    restoreModes();
    goOn();
    await reader.close();
  }
}
