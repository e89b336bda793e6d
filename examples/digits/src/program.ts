import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Options, readOptions, usage, UsageError } from "./options.ts";
import type { Progress } from "./progress.ts";
import { makeReport } from "./report/report.ts";
import { resultsTable } from "./results-table.ts";
import type { RunResult } from "./run-result.ts";
import { summarize } from "./summarize.ts";
import { trainRun } from "./train-run.ts";

/** Where the program writes. */
export interface Surroundings {
  readonly write: (line: string) => void;
  readonly progress: Progress;
  /** Folder for results.json and report.html. */
  readonly out: string;
}

/** Runs the program with command line arguments; returns its exit code. */
export async function runProgram(args: readonly string[], { write, progress, out }: Surroundings): Promise<number> {
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
  const runs = await trainAll(options, progress);
  const summaries = summarize(runs);
  write(`\n${resultsTable(summaries)}\n`);
  const results = `${JSON.stringify({ seed: options.seed, seeds: options.seeds, order: options.order, runs }, null, 1)}\n`;
  const report = makeReport({ options, runs, summaries });
  if (options.dryRun) {
    write("Dry run: nothing was written.");
    return 0;
  }
  mkdirSync(out, { recursive: true });
  for (const [name, text] of [
    ["results.json", results],
    ["report.html", report],
  ] as const) {
    writeWhole(join(out, name), text);
    write(`Wrote ${join(out, name)}`);
  }
  return 0;
}

async function trainAll(
  { seed, seeds, epochs, norms, order, dryRun }: Options,
  progress: Progress,
): Promise<RunResult[]> {
  const runs: RunResult[] = [];
  const length = dryRun ? { epochs: 1, batches: 2 } : { epochs };
  for (let offset = 0; offset < seeds; offset++) {
    for (const norm of norms) {
      progress.start(seeds === 1 ? norm : `${norm}, seed ${seed + offset}`, length.epochs);
      const settings = { norm, order, seed: seed + offset, ...length };
      runs.push(await trainRun(settings, (record) => progress.update(record)));
      progress.stop();
    }
  }
  return runs;
}

/** Writes a file that is there as a whole or, when the program is interrupted, as it was before. */
function writeWhole(file: string, text: string): void {
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}
