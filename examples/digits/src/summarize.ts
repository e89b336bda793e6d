import { type NormName, normNames } from "./norms.ts";
import type { RunResult } from "./run-result.ts";

/** The runs of one norm over all seeds. */
export interface NormSummary {
  readonly norm: NormName;
  readonly runs: number;
  readonly parameters: number;
  /** Means over the seeds. */
  readonly finalLoss: number;
  readonly testAccuracy: number;
  readonly seconds: number;
  readonly lowestAccuracy: number;
  readonly highestAccuracy: number;
}

/** One summary for each norm that was trained. */
export function summarize(runs: readonly RunResult[]): NormSummary[] {
  return normNames.flatMap((norm) => {
    const own = runs.filter((run) => run.norm === norm);
    const [first] = own;
    if (first === undefined) return [];
    const mean = (value: (run: RunResult) => number): number =>
      own.reduce((sum, run) => sum + value(run), 0) / own.length;
    const accuracies = own.map((run) => run.testAccuracy);
    return {
      norm,
      runs: own.length,
      parameters: first.parameters,
      finalLoss: mean((run) => run.finalLoss),
      testAccuracy: mean((run) => run.testAccuracy),
      seconds: mean((run) => run.seconds),
      lowestAccuracy: Math.min(...accuracies),
      highestAccuracy: Math.max(...accuracies),
    };
  });
}
