import { readFlags, UsageError, wholeNumber } from "@tapegrad/example-command-line";
import { type ModelName, models } from "./models.ts";

/** What the command line asks for. */
export interface Options {
  readonly model: ModelName;
  readonly steps: number;
  readonly seed: number;
  readonly dryRun: boolean;
  readonly help: boolean;
}

export const usage: string = `Usage: node dist/main.js [options]

Learns 8,422 first names, character by character, and makes up new ones.

  --model NAME   mlp or transformer (default: mlp)
  --steps N      how many batches of 64 to train on, from 1 (default: 10000 and 3000)
  --seed N       decides about split, weights, order and new names, from 0 (default: 0)
  --dry-run      one batch of everything
  --help         this text`;

const flags = {
  model: { type: "string", default: "mlp" },
  steps: { type: "string" },
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
  const { values } = readFlags(args, { options: flags });
  const model = modelName(values.model);
  return {
    model,
    steps: wholeNumber("--steps", values.steps ?? String(models[model].steps), 1),
    seed: wholeNumber("--seed", values.seed, 0),
    dryRun: values["dry-run"],
    help: values.help,
  };
}

function modelName(text: string): ModelName {
  const found = Object.keys(models).find((name) => name === text.toLowerCase());
  if (found !== undefined) return found as ModelName;
  throw new UsageError(`--model: expected ${Object.keys(models).join(" or ")}, got "${text}".`);
}
