import { readFlags, wholeNumber } from "@tapegrad/example-command-line";

/** What the command line asks for. */
export interface Options {
  readonly seed: number;
  readonly epochs: number;
  readonly dryRun: boolean;
  readonly help: boolean;
}

export const usage: string = `Usage: node examples/ship-a-model/dist/main.js [options]

Trains a 64-64-32-10 network on handwritten digits, writes it as .wasm, .onnx and .safetensors, and runs each.

  --seed N     decides about split, weights and order of batches, from 0 (default: 0)
  --epochs N   how many epochs, from 1 (default: 20)
  --dry-run    three steps of training, and nothing is written
  --help       this text`;

const flags = {
  seed: { type: "string", default: "0" },
  epochs: { type: "string", default: "20" },
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
    epochs: wholeNumber("--epochs", values.epochs, 1),
    dryRun: values["dry-run"],
    help: values.help,
  };
}
