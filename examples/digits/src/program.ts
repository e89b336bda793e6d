import { join } from "node:path";
import { runCommand } from "@tapegrad/example-command-line";
import { writeWhole } from "@tapegrad/files";
import type { train } from "tapegrad";
import { EpochBar } from "./epoch-bar.ts";
import { makeReport } from "./make-report.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { resultsTable } from "./results-table.ts";
import { summarize } from "./summarize.ts";
import { type TrainedRun, trainRun } from "./train-run.ts";

/** Where the program writes. */
export interface Surroundings {
  readonly write: (line: string) => void;
  /** Where it shows how far it has come. */
  readonly stream: train.TextStream;
  /** Folder for results.json and report.html. */
  readonly out: string;
}

/** Runs the program with command line arguments; returns its exit code. */
export function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { write } = surroundings;
  return runCommand(args, { usage, readOptions, write, run: (options) => compareNorms(options, surroundings) });
}

async function compareNorms(options: Options, { write, stream, out }: Surroundings): Promise<void> {
  const runs = await trainAll(options, stream);
  const results = runs.map(({ result }) => result);
  write(`\n${resultsTable(summarize(results))}\n`);
  const { seed, seeds, order } = options;
  const files = {
    "results.json": `${JSON.stringify({ seed, seeds, order, runs: results }, null, 1)}\n`,
    "report.html": await makeReport(runs, options),
  };
  if (options.dryRun) {
    write("Dry run: nothing was written.");
    return;
  }
  for (const [name, text] of Object.entries(files)) {
    writeWhole("runProgram", join(out, name), text);
    write(`Wrote ${join(out, name)}`);
  }
}

async function trainAll(options: Options, stream: train.TextStream): Promise<TrainedRun[]> {
  const { seeds, norms, order, dryRun } = options;
  const epochs = dryRun ? 1 : options.epochs;
  const runs: TrainedRun[] = [];
  for (let seed = options.seed; seed < options.seed + seeds; seed++) {
    for (const norm of norms) {
      const bar = new EpochBar(seeds === 1 ? norm : `${norm}, seed ${seed}`, epochs, stream);
      runs.push(await trainRun({ norm, order, seed, epochs, dryRun }, [bar]));
    }
  }
  return runs;
}
