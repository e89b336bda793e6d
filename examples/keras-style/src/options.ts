import { readFlags, UsageError, wholeNumber } from "@tapegrad/example-command-line";
import { imageNets, tableNets } from "./nets.ts";

/** Every program by its name. */
export const programNames: readonly string[] = [...Object.keys(imageNets), ...Object.keys(tableNets), "orders"];

/** What the command line asks for. */
export interface Options {
  readonly programs: readonly string[];
  readonly epochs: number;
  readonly limit: number;
  readonly seed: number;
  readonly dryRun: boolean;
  readonly help: boolean;
}

export const usage: string = `Usage: npx pnpm@10 --dir examples/keras-style start [program...] [options]

Programs: ${programNames.join(", ")}; all unless given.

  --epochs N   how many epochs, from 1 (default: 5); four times as many of the small table
  --limit N    how many images to train on and to test on, from 1 (default: 6000)
  --seed N     a whole number from 0 (default: 0)
  --dry-run    one batch of everything
  --help       this text`;

const flags = {
  epochs: { type: "string", default: "5" },
  limit: { type: "string", default: "6000" },
  seed: { type: "string", default: "0" },
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
  const unknown = positionals.find((name) => !programNames.includes(name));
  if (unknown !== undefined) throw new UsageError(`expected some of ${programNames.join(", ")}, got "${unknown}".`);
  return {
    programs: positionals.length === 0 ? programNames : positionals,
    epochs: wholeNumber("--epochs", values.epochs, 1),
    limit: wholeNumber("--limit", values.limit, 1),
    seed: wholeNumber("--seed", values.seed, 0),
    dryRun: values["dry-run"],
    help: values.help,
  };
}
