import { randint } from "@tapegrad/tensor";

/** A seed from the default generator, so that `manualSeed` decides about samplers without one too. */
export function freshSeed(): number {
  return randint(0, 2 ** 31 - 1, [1]).item();
}
