import { cpus } from "node:os";
import { join } from "node:path";
import { runCommand, textTable } from "@tapegrad/example-command-line";
import { writeWhole } from "@tapegrad/files";
import { train } from "tapegrad";
import { type ExperimentName, experiments } from "./experiments.ts";
import { covering } from "./house/covering.ts";
import { drawFigure } from "./house/draw.ts";
import type { Experiment, Run } from "./house/experiment.ts";
import { planOf, type Results, settled, writeResults } from "./house/results.ts";
import { type Options, readOptions, usage } from "./options.ts";

/** Where the program writes. */
export interface Surroundings {
  readonly write: (line: string) => void;
  /** Whether progress is not shown. */
  readonly silent: boolean;
  /** Folder of results unless the command line names one. */
  readonly out: string;
}

/** Runs the program with command line arguments; returns its exit code. */
export function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { write } = surroundings;
  return runCommand(args, { usage, readOptions, write, run: (options) => runAll(options, surroundings) });
}

async function runAll(options: Options, { write, silent, out }: Surroundings): Promise<void> {
  for (const name of options.names) {
    const { title, paper, ...own } = experiments[name];
    write(`${title}\n${paper.title}, ${paper.link}\n`);
    const results = await resultsOf(name, options, silent);
    write(`${textTable(own.table(results.runs))}\n`);
    const figure = drawFigure(own.figure(results.runs));
    if (options.dryRun) {
      write("Dry run: nothing was written.\n");
      continue;
    }
    const folder = join(options.out ?? out, name);
    writeWhole("runProgram", join(folder, "results.json"), writeResults(results));
    writeWhole("runProgram", join(folder, "figure.svg"), figure);
    write(`Wrote ${join(folder, "results.json")} and figure.svg\n`);
  }
}

async function resultsOf(name: ExperimentName, { seeds, dryRun }: Options, silent: boolean): Promise<Results> {
  const chosen = experiments[name];
  const runs = await runsOf(chosen, { seeds: dryRun ? 1 : (seeds ?? chosen.seeds), dryRun, silent });
  const machine = { node: process.versions.node, processor: cpus()[0]?.model.trim() ?? "unknown" };
  return settled({ title: chosen.title, machine, runs });
}

/** Runs every condition with each seed; in a dry run some of the conditions, in which whatever they say occurs. */
async function runsOf(
  { prepare, run, conditions }: Experiment,
  { seeds, dryRun, silent }: { readonly seeds: number; readonly dryRun: boolean; readonly silent: boolean },
): Promise<Run[]> {
  const data = await prepare(dryRun);
  const plan = planOf({ conditions: dryRun ? covering(conditions) : conditions }, seeds);
  const runs: Run[] = [];
  for (const { condition, seed } of train.progress(plan, { unit: "run", silent })) {
    runs.push({ condition, seed, measures: await run({ data, condition, seed, dryRun }) });
  }
  return runs;
}
