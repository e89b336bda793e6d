import type { Condition, Measures, Run } from "./experiment.ts";
import { mean } from "./spread.ts";

/** An axis of a panel. */
export interface Axis {
  readonly label: string;
  /** How values become places, linear unless given. */
  readonly scale?: "linear" | "log";
  readonly domain?: readonly [number, number];
  /** Which values are marked, unless those that suit the scale. */
  readonly ticks?: readonly number[];
}

/** The mean over the seeds, and their lowest and highest. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** Points that belong together. */
export interface Series {
  readonly label: string;
  readonly points: readonly Point[];
}

/** One diagram. */
export interface Panel {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** Diagrams side by side. */
export interface Figure {
  readonly title: string;
  /** What is to be seen, for those who do not see it. */
  readonly description: string;
  readonly panels: readonly Panel[];
}

/** What runs measured: a series for each label, at each x the mean, lowest and highest of all seeds. */
export function seriesOf<C extends Condition, M extends Measures>(
  runs: readonly Run<C, M>[],
  labelOf: (condition: C) => string,
  pointsOf: (run: Run<C, M>) => readonly (readonly [x: number, y: number])[],
): Series[] {
  const labels = new Map<string, Map<number, number[]>>();
  for (const run of runs) {
    const label = labelOf(run.condition);
    const places = labels.get(label) ?? new Map<number, number[]>();
    labels.set(label, places);
    for (const [x, y] of pointsOf(run)) places.set(x, [...(places.get(x) ?? []), y]);
  }
  return [...labels].map(([label, places]) => ({
    label,
    points: [...places].map(([x, values]) => ({
      x,
      y: mean(values),
      low: Math.min(...values),
      high: Math.max(...values),
    })),
  }));
}
