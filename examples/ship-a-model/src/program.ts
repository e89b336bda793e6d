import { join } from "node:path";
import { runCommand } from "@tapegrad/example-command-line";
import { writeWhole } from "@tapegrad/files";
import { type Options, readOptions, usage } from "./options.ts";
import { type Outcome, runEach } from "./run-each.ts";
import { type Files, ship } from "./ship.ts";
import { trainNet } from "./train-net.ts";

/** Where the program writes. */
export interface Surroundings {
  readonly write: (line: string) => void;
  /** Folder for the files. */
  readonly out: string;
}

/** Runs the program with command line arguments; returns its exit code. */
export function runProgram(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { write } = surroundings;
  return runCommand(args, { usage, readOptions, write, run: (options) => shipModel(options, surroundings) });
}

async function shipModel({ seed, epochs, dryRun }: Options, { write, out }: Surroundings): Promise<void> {
  const trained = dryRun ? trainNet(seed, 1, 3) : trainNet(seed, epochs);
  const files = ship(trained);
  const outcomes = await runEach(files, trained);
  write(
    `${row("file", "bytes", "run by", "accuracy", "difference")}\n${outcomes.map((each) => line(each, files)).join("\n")}`,
  );
  if (dryRun) {
    write("Dry run: nothing was written.");
    return;
  }
  for (const [name, bytes] of Object.entries(files)) {
    writeWhole("runProgram", join(out, name), bytes);
    write(`Wrote ${join(out, name)}`);
  }
}

function line({ file, by, accuracy, difference }: Outcome, files: Files): string {
  const { length } = files[file];
  return row(
    file,
    length.toLocaleString("en"),
    by,
    `${(100 * accuracy).toFixed(2)} %`,
    difference === 0 ? "0" : difference.toExponential(1),
  );
}

function row(file: string, bytes: string, by: string, accuracy: string, difference: string): string {
  return `${file.padEnd(18)} ${bytes.padStart(8)}  ${by.padEnd(21)} ${accuracy.padStart(8)}  ${difference.padStart(10)}`;
}
