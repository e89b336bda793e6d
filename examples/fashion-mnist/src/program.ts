import { join } from "node:path";
import { runCommand } from "@tapegrad/example-command-line";
import { writeWhole } from "@tapegrad/files";
import { datasets, train } from "tapegrad";
import { networks } from "./networks.ts";
import { type Options, readOptions, usage } from "./options.ts";
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
export function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { write } = surroundings;
  return runCommand(args, { usage, readOptions, write, run: (options) => compareNorms(options, surroundings) });
}

async function compareNorms(options: Options, { write, verbose, out }: Surroundings): Promise<void> {
  const { runs, classes, licence } = await trainAll(options, write, verbose);
  write(`\n${resultsTable(runs)}\n`);
  if (options.dryRun) {
    write("Dry run: nothing was written.");
    return;
  }
  // The summary is for the page.
  const results = { seed: options.seed, runs: runs.map((run) => ({ ...run, summary: undefined })) };
  writeWhole("runProgram", join(out, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
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
