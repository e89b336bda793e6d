import type { Experiment, Run } from "./experiment.ts";

/** What is kept of an experiment, as JSON. */
export interface Results {
  readonly title: string;
  /** What it ran on; times depend on it, other measures do not. */
  readonly machine: { readonly node: string; readonly processor: string };
  readonly runs: readonly Run[];
}

/** The text of results.json: a run a line, figures with six digits. */
export function writeResults({ title, machine, runs }: Results): string {
  const lines = runs.map((run) =>
    JSON.stringify(run, (_, value: unknown) => (typeof value === "number" ? short(value) : value)),
  );
  return `${JSON.stringify({ title, machine }).slice(0, -1)},"runs":[\n${lines.join(",\n")}\n]}\n`;
}

/** What stands in results.json; a figure that is not finite is written as null and read as NaN. */
export function readResults(text: string): Results {
  return JSON.parse(text, (_, value: unknown) => value ?? Number.NaN) as Results;
}

function short(value: number): number {
  return Number(value.toPrecision(6));
}

/** Runs as they are when they have been written and read, on which table and figure do not depend on who draws them. */
export function settled(results: Results): Results {
  return readResults(writeResults(results));
}

/** Every condition with each seed. */
export function planOf(
  { conditions }: Pick<Experiment, "conditions">,
  seeds: number,
): Pick<Run, "condition" | "seed">[] {
  return conditions.flatMap((condition) => Array.from({ length: seeds }, (_, seed) => ({ condition, seed })));
}
