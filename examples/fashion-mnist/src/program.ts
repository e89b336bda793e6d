import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { datasets, train } from "tapegrad";
import { networks } from "./networks.ts";
import { type Options, readOptions, usage, UsageError } from "./options.ts";
import { columns, resultRows, resultsTable } from "./results-table.ts";
import { type RunResult, trainRun } from "./train-run.ts";

/** Where the program writes. */
export interface Surroundings {
  readonly write: (line: string) => void;
  /** What `fit` shows on the way. */
  readonly verbose: 0 | 1 | 2;
  /** Folder for results.json and report.html. */
  readonly out: string;
}

/** Runs the program with command line arguments; returns its exit code. */
export async function runProgram(args: readonly string[], { write, verbose, out }: Surroundings): Promise<number> {
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
  const { runs, classes, licence } = await trainAll(options, write, verbose);
  write(`\n${resultsTable(runs)}\n`);
  if (options.dryRun) {
    write("Dry run: nothing was written.");
    return 0;
  }
  mkdirSync(out, { recursive: true });
  // The summary is for the page.
  const results = { seed: options.seed, runs: runs.map((run) => ({ ...run, summary: undefined })) };
  writeWhole(join(out, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
  await train.htmlReport(
    runs.map(({ network, norm, history, confusion, summary, seed }) => ({
      name: `${network}, ${norm}`,
      history: { history },
      configuration: { network, norm, seed, epochs: history["loss"]?.length, batchSize: networks[network].batchSize },
      ...{ confusion, classes, summary },
    })),
    join(out, "report.html"),
    {
      title: "Fashion-MNIST, with and without a norm",
      results: { caption: "After the last epoch", head: columns, rows: resultRows(runs) },
      footer: licence,
    },
  );
  for (const name of ["results.json", "report.html"]) write(`Wrote ${join(out, name)}`);
  return 0;
}

async function trainAll(
  options: Options,
  write: (line: string) => void,
  verbose: 0 | 1 | 2,
): Promise<{ readonly runs: RunResult[]; readonly classes: readonly string[]; readonly licence: string }> {
  const { seed, norms, root, limit, dryRun } = options;
  const runs: RunResult[] = [];
  let [classes, licence]: [readonly string[], string] = [[], ""];
  for (const network of options.networks) {
    const { flatten, epochs } = networks[network];
    const images = await datasets.fashionMnist({ root, limit, flatten, scale: 1 / 255 });
    ({ classes, licence } = images);
    for (const norm of norms) {
      write(`${network}, ${norm}`);
      const settings = { network, norm, seed, epochs: options.epochs ?? epochs, dryRun, verbose };
      runs.push(await trainRun(images, settings));
    }
  }
  return { runs, classes, licence };
}

/** Writes a file that is there as a whole or, when the program is interrupted, as it was before. */
function writeWhole(file: string, text: string): void {
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}
