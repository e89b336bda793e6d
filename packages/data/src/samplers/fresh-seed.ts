import { randint } from "@tapegrad/tensor";
import { type Option, optional, ranges } from "@tapegrad/tensor/internal";

/** The option `seed`. */
export const seedOption: Option<number | undefined> = optional(ranges.whole(0));

/** A seed from the default generator, so that `manualSeed` decides about samplers without one too. */
export function freshSeed(): number {
  return randint(0, 2 ** 31 - 1, [1]).item();
}
