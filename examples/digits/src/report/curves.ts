import * as Plot from "@observablehq/plot";
import { percent } from "../results-table.ts";
import type { EpochRecord, RunResult } from "../run-result.ts";
import { drawChart } from "./chart.ts";
import { curveStyles } from "./palette.ts";

const size = { width: 560, height: 340, marginLeft: 52, marginTop: 30, marginBottom: 40 };

/** Training loss of all runs over the epochs, on a logarithmic axis. */
export function lossChart(runs: readonly RunResult[]): string {
  return drawChart({
    ...size,
    title: "Training loss",
    description: describe(runs, "Training loss", (record) => record.trainLoss.toFixed(4)),
    epochs: epochsOf(runs),
    x: { label: "epoch", domain: [0, epochsOf(runs)] },
    y: { type: "log", label: "training loss", grid: true, ticks: logTicks(runs), tickFormat: "~g" },
    marks: runs.map((run) => curve(run, (record) => record.trainLoss)),
  });
}

/** Test accuracy of all runs over the epochs. */
export function accuracyChart(runs: readonly RunResult[]): string {
  // What comes before the third epoch is steep and would squeeze the rest into a corner.
  const settled = runs.flatMap((run) => run.history.slice(Math.min(2, run.history.length - 1)));
  const lowest = 100 * Math.min(...settled.map((record) => record.testAccuracy));
  return drawChart({
    ...size,
    title: "Test accuracy",
    description: describe(runs, "Test accuracy", (record) => percent(record.testAccuracy)),
    epochs: epochsOf(runs),
    x: { label: "epoch", domain: [0, epochsOf(runs)] },
    y: { label: "test accuracy (%)", grid: true, domain: [Math.min(95, 5 * Math.floor(lowest / 5)), 100] },
    marks: runs.map((run) => curve(run, (record) => 100 * record.testAccuracy)),
  });
}

/** How many epochs the longest run has. */
export function epochsOf(runs: readonly RunResult[]): number {
  return Math.max(...runs.map((run) => run.history.length));
}

function curve(run: RunResult, value: (record: EpochRecord) => number): Plot.Markish {
  const { colour, dash } = curveStyles[run.norm];
  return Plot.line(run.history, {
    x: "epoch",
    y: value,
    stroke: colour,
    strokeWidth: 2.2,
    strokeDasharray: dash,
    strokeLinecap: "butt",
    clip: true,
  });
}

/** 1 and 3 of each power of ten in the range of the losses. */
function logTicks(runs: readonly RunResult[]): number[] {
  const losses = runs.flatMap((run) => run.history.map((record) => record.trainLoss));
  const [lowest, highest] = [Math.min(...losses), Math.max(...losses)];
  return [-5, -4, -3, -2, -1, 0, 1]
    .flatMap((power) => [10 ** power, 3 * 10 ** power])
    .filter((tick) => tick >= lowest && tick <= highest);
}

/** First and last value of each curve, in words. */
function describe(runs: readonly RunResult[], what: string, value: (record: EpochRecord) => string): string {
  const parts = runs.map(({ norm, history }) => {
    const [first, last] = [history[0], history.at(-1)];
    return first === undefined || last === undefined ? norm : `${norm} from ${value(first)} to ${value(last)}`;
  });
  return `${what} from the first to the last epoch: ${parts.join("; ")}.`;
}
