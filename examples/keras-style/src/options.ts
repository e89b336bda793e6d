import { parseArgs } from "node:util";
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

  --epochs N   how many epochs, from 1 (default: 5)
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

/** A command line that asks for something that there is not. */
export class UsageError extends Error {}

/**
 * Reads the command line.
 *
 * @throws {UsageError} saying what is allowed
 */
export function readOptions(args: readonly string[]): Options {
  // Some versions of pnpm pass on the "--" that separates a script's arguments.
  const own = args[0] === "--" ? args.slice(1) : [...args];
  const { values, positionals } = parse(own);
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

type Config = { options: typeof flags; allowPositionals: true };

function parse(args: string[]): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs({ args, options: flags, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wholeNumber(flag: string, text: string, minimum: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum)) throw new UsageError(`${flag}: expected a whole number from ${minimum}, got "${text}".`);
  return value;
}
