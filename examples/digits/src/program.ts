import { join } from "node:path";
import { writeWhole } from "@tapegrad/files";
import type { train } from "tapegrad";
import { EpochBar } from "./epoch-bar.ts";
import { makeReport } from "./make-report.ts";
import { type Options, readOptions, usage, UsageError } from "./options.ts";
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
export async function runProgram(args: readonly string[], { write, stream, out }: Surroundings): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    write(`${error.message}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    write(usage);
    return 0;
  }
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
    return 0;
  }
  for (const [name, text] of Object.entries(files)) {
    writeWhole("runProgram", join(out, name), text);
    write(`Wrote ${join(out, name)}`);
  }
  return 0;
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
