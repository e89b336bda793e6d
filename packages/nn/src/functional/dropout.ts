import { ValueError } from "@tapegrad/tensor";

export { dropout, type DropoutOptions } from "../dropout/dropout.ts";

/** Throws unless `rate` is a probability. */
export function checkRate(fn: string, rate: number): void {
  if (!(rate >= 0 && rate <= 1)) throw new ValueError(`${fn}: expected a rate in [0, 1], got ${String(rate)}.`);
}
