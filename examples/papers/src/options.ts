import { chosen, readFlags, UsageError, wholeNumber } from "@tapegrad/example-command-line";
import { type ExperimentName, experiments } from "./experiments.ts";

/** What the command line asks for. */
export interface Options {
  readonly names: readonly ExperimentName[];
  /** How many seeds; those of the experiment unless given. */
  readonly seeds: number | undefined;
  /** Where results are written, each in a folder with the name of its experiment. */
  readonly out: string | undefined;
  readonly dryRun: boolean;
  readonly help: boolean;
}

const names = Object.keys(experiments) as ExperimentName[];

export const usage: string = `Usage: npx pnpm@10 --dir examples/papers start EXPERIMENT... [options]

Runs experiments of papers again: some of the names below, or all.

${names.map((name) => `  ${name.padEnd(22)} ${experiments[name].title}`).join("\n")}

  --seeds N      seeds 0 to N − 1 (default: those of the experiment)
  --out FOLDER   writes FOLDER/EXPERIMENT/results.json and figure.svg (default: out)
  --dry-run      tries everything once, and writes nothing
  --help         this text`;

const flags = {
  seeds: { type: "string" },
  out: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} saying what is allowed
 */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = readFlags(args, { options: flags, allowPositionals: true });
  if (positionals.length === 0 && !values.help) {
    throw new UsageError(`EXPERIMENT: expected some of ${names.join(", ")}, or all.`);
  }
  const isAll = positionals.some((word) => word.toLowerCase() === "all");
  return {
    names: isAll || values.help ? names : chosen("EXPERIMENT", positionals.join(","), names),
    seeds: values.seeds === undefined ? undefined : wholeNumber("--seeds", values.seeds, 1),
    out: values.out,
    dryRun: values["dry-run"],
    help: values.help,
  };
}
