import { chosen, readFlags, wholeNumber } from "@tapegrad/example-command-line";
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

/**
 * Reads the command line.
 *
 * @throws {UsageError} saying what is allowed
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = readFlags(args, { options: flags });
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
