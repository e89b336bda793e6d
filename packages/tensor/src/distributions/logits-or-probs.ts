import { machineEpsilon } from "../dtype.ts";
import { ValueError } from "../errors.ts";
import { checkOptions, optional, type OptionTable } from "../options/option-table.ts";
import type { ValueRange } from "../options/value-range.ts";
import { asFloat } from "../tensor/as-float.ts";
import { TensorCore } from "../tensor/core.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What a discrete distribution is made of: logits, or probabilities, but not both. */
export type LogitsOrProbs =
  | { readonly logits: Tensor; readonly probs?: undefined }
  | { readonly probs: Tensor; readonly logits?: undefined };

const tensorRange: ValueRange<Tensor> = {
  text: "to be a tensor",
  has: (value): value is Tensor => value instanceof TensorCore,
};

interface Both {
  readonly logits?: Tensor | undefined;
  readonly probs?: Tensor | undefined;
}

const table: OptionTable<Both> = { logits: optional(tensorRange), probs: optional(tensorRange) };

/** The one that was given, as floats. */
export function oneOfBoth(
  fn: string,
  given: LogitsOrProbs,
): { readonly name: "logits" | "probs"; readonly value: Tensor } {
  checkOptions<Both>(fn, given, table);
  const { logits, probs }: Both = given;
  if ((logits === undefined) === (probs === undefined)) {
    const got = logits === undefined ? "neither" : "both";
    throw new ValueError(`${fn}: expected either { logits } or { probs }, got ${got}.`);
  }
  return logits === undefined ? { name: "probs", value: asFloat(probs!) } : { name: "logits", value: asFloat(logits) };
}

/** Probabilities with a finite logarithm: at least the dtype's epsilon away from 0 and 1. */
export function awayFromEnds(probs: Tensor): Tensor {
  const eps = machineEpsilon(probs.dtype);
  return probs.clamp(eps, 1 - eps);
}
