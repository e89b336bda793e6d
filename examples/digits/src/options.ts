import { readFlags, UsageError, wholeNumber } from "@tapegrad/example-command-line";
import type { Order } from "./build-net.ts";
import { normFlags, type NormName, normNames } from "./norms.ts";

/** What the command line asks for. */
export interface Options {
  readonly seed: number;
  readonly seeds: number;
  readonly epochs: number;
  readonly norms: readonly NormName[];
  readonly order: Order;
  readonly dryRun: boolean;
  readonly help: boolean;
}

export const usage: string = `Usage: npx pnpm@10 start [options]

Trains a 64-64-32-10 network on 1,797 handwritten digits, without a norm and with three.

  --seed N       first seed, a whole number from 0 (default: 0)
  --seeds N      how many seeds to train, from 1 (default: 1)
  --epochs N     how many epochs, from 1 (default: 30)
  --norm NAMES   none, batch, layer, rms or all; several with commas (default: all)
  --order NAME   norm-first (Dense, norm, ReLU) or activation-first (default: norm-first)
  --dry-run      one batch of each network, and nothing is written
  --help         this text`;

const flags = {
  seed: { type: "string", default: "0" },
  seeds: { type: "string", default: "1" },
  epochs: { type: "string", default: "30" },
  norm: { type: "string", default: "all" },
  order: { type: "string", default: "norm-first" },
  "dry-run": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} saying what is allowed
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = readFlags(args, { options: flags });
  return {
    seed: wholeNumber("--seed", values.seed, 0),
    seeds: wholeNumber("--seeds", values.seeds, 1),
    epochs: wholeNumber("--epochs", values.epochs, 1),
    norms: readNorms(values.norm),
    order: readOrder(values.order),
    dryRun: values["dry-run"],
    help: values.help,
  };
}

function readNorms(text: string): NormName[] {
  const words = text.toLowerCase().split(",");
  const chosen = new Set<NormName>();
  for (const word of words) {
    if (word === "all") {
      for (const name of normNames) chosen.add(name);
      continue;
    }
    const found = Object.entries(normFlags).find(([flag, name]) => word === flag || word === name.toLowerCase());
    if (found === undefined) {
      const allowed = [...Object.keys(normFlags), "all"].join(", ");
      throw new UsageError(`--norm: expected some of ${allowed}, got "${word}".`);
    }
    chosen.add(found[1]);
  }
  return normNames.filter((name) => chosen.has(name));
}

function readOrder(text: string): Order {
  if (text === "norm-first" || text === "activation-first") return text;
  throw new UsageError(`--order: expected norm-first or activation-first, got "${text}".`);
}
