import { parseArgs } from "node:util";
import { type NetworkName, networks, type NormName, normNames } from "./networks.ts";

/** What the command line asks for. */
export interface Options {
  readonly networks: readonly NetworkName[];
  readonly norms: readonly NormName[];
  readonly seed: number;
  /** Epochs of each network; those of the network unless given. */
  readonly epochs: number | undefined;
  /** Images of each part; all unless given. */
  readonly limit: number | undefined;
  readonly root: string | undefined;
  readonly dryRun: boolean;
  readonly help: boolean;
}

export const usage: string = `Usage: npx pnpm@10 --dir examples/fashion-mnist start [options]

Trains a perceptron and a convolutional network on Fashion-MNIST, without a norm and with three.

  --network NAMES  mlp, cnn or both with a comma (default: mlp,cnn)
  --norm NAMES     none, BatchNorm, LayerNorm, RMSNorm; several with commas (default: all)
  --seed N         decides about weights and the order of batches (default: 0)
  --epochs N       epochs of each network (default: 10 of mlp, 5 of cnn)
  --limit N        images of each part, for a quick look (default: all)
  --root FOLDER    where the four files are (default: Debian's dataset-fashion-mnist, the cache, or a mirror)
  --dry-run        one batch of everything, and nothing is written
  --help           this text`;

const flags = {
  network: { type: "string", default: Object.keys(networks).join(",") },
  norm: { type: "string", default: normNames.join(",") },
  seed: { type: "string", default: "0" },
  epochs: { type: "string" },
  limit: { type: "string" },
  root: { type: "string" },
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
  const values = parse(args);
  const optional = (flag: "epochs" | "limit"): number | undefined =>
    values[flag] === undefined ? undefined : wholeNumber(`--${flag}`, values[flag], 1);
  return {
    networks: chosen("--network", values.network, Object.keys(networks) as NetworkName[]),
    norms: chosen("--norm", values.norm, normNames),
    seed: wholeNumber("--seed", values.seed, 0),
    epochs: optional("epochs"),
    limit: optional("limit"),
    root: values.root,
    dryRun: values["dry-run"],
    help: values.help,
  };
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof flags }>>["values"] {
  // Some versions of pnpm pass on the "--" that separates a script's arguments.
  const own = args[0] === "--" ? args.slice(1) : [...args];
  try {
    return parseArgs({ args: own, options: flags }).values;
  } catch (error) {
    const allowed = Object.keys(flags).map((name) => `--${name}`);
    const [reason] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new UsageError(`${reason?.replace(/\.$/, "")}. Allowed: ${allowed.join(", ")}.`, { cause: error });
  }
}

function wholeNumber(flag: string, text: string, minimum: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum)) throw new UsageError(`${flag}: expected a whole number from ${minimum}, got "${text}".`);
  return value;
}

/** Those of `names` that a list with commas names, in their own order. */
function chosen<T extends string>(flag: string, text: string, names: readonly T[]): T[] {
  const words = text.toLowerCase().split(",");
  const unknown = words.find((word) => !names.some((name) => name.toLowerCase() === word));
  if (unknown !== undefined) {
    throw new UsageError(`${flag}: expected some of ${names.join(", ")}, got "${unknown}".`);
  }
  return names.filter((name) => words.includes(name.toLowerCase()));
}
