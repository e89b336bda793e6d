import * as Plot from "@observablehq/plot";
import type { NormName } from "../norms.ts";
import type { LayerStatistics, RunResult } from "../run-result.ts";
import { drawChart } from "./chart.ts";
import { epochsOf } from "./curves.ts";
import { curveStyles } from "./palette.ts";

interface Point extends LayerStatistics {
  readonly norm: NormName;
  readonly epoch: number;
}

/** For one layer, mean and spread of its outputs over the epochs, one panel for each norm. */
export function activationChart(runs: readonly RunResult[], layer: string): string {
  const points = layerPoints(runs, layer);
  const norms = runs.map((run) => run.norm);
  const panels = { fx: "norm", x: "epoch" } as const;
  return drawChart({
    width: 1100,
    height: 230,
    marginLeft: 52,
    marginBottom: 40,
    title: `Activations: ${layer}`,
    description: describe(runs, layer),
    epochs: epochsOf(runs),
    x: { label: "epoch", ticks: 4 },
    fx: { label: null, domain: norms, padding: 0.1, tickFormat: (norm) => curveStyles[norm as NormName].label },
    y: { label: null, grid: true, ticks: 5 },
    color: { domain: norms, range: norms.map((norm) => curveStyles[norm].colour) },
    marks: [
      Plot.ruleY([0], { strokeOpacity: 0.4 }),
      Plot.areaY(points, {
        ...panels,
        y1: (point: Point) => point.mean - point.std,
        y2: (point: Point) => point.mean + point.std,
        fill: "norm",
        fillOpacity: 0.25,
      }),
      Plot.lineY(points, { ...panels, y: "mean", stroke: "norm", strokeWidth: 2.2 }),
    ],
  });
}

/** The statistics of one layer: before training as epoch 0, and after each epoch. */
export function layerPoints(runs: readonly RunResult[], layer: string): Point[] {
  return runs.flatMap(({ norm, initial, history }) =>
    [initial, ...history.map((record) => record.layers)].flatMap((layers, epoch) => {
      const found = layers.find((each) => each.name === layer);
      return found === undefined ? [] : [{ ...found, norm, epoch }];
    }),
  );
}

function describe(runs: readonly RunResult[], layer: string): string {
  const parts = runs.map((run) => {
    const points = layerPoints([run], layer);
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return run.norm;
    return `${run.norm}: mean ${first.mean.toFixed(2)} to ${last.mean.toFixed(2)}, deviation ${first.std.toFixed(2)} to ${last.std.toFixed(2)}`;
  });
  return `From before training to the last epoch. ${parts.join("; ")}.`;
}
