import { ValueError } from "@tapegrad/tensor";
import { expectState, formatValue } from "@tapegrad/tensor/internal";

/**
 * Throws unless `state` is one of a sampler of the same class that was made of the same.
 *
 * @param own what must be equal, the name of the class as `type` among it
 * @throws {ValueError} `RandomSampler.loadStateDict: expected length 10, got 12.`
 */
export function checkSamplerState(state: object, own: { readonly type: string }): void {
  const fn = `${own.type}.loadStateDict`;
  expectState(fn, state);
  const given = new Map<string, unknown>(Object.entries(state));
  for (const [key, value] of Object.entries(own)) {
    const got = given.get(key);
    if (got !== value) throw new ValueError(`${fn}: expected ${key} ${formatValue(value)}, got ${formatValue(got)}.`);
  }
}
