import { ValueError } from "@tapegrad/tensor";
import { expectValue, ranges, withGradMode } from "@tapegrad/tensor/internal";

/**
 * What the closure of a step returns; operations are recorded in it, inside of `noGrad` too.
 *
 * @throws {ValueError} for what is no function, or one that returns a promise
 */
export function evaluateClosure<T>(fn: string, closure: () => T): T {
  expectValue(fn, "closure", closure, ranges.callable());
  const loss = withGradMode(true, closure);
  if (typeof (loss as { then?: unknown } | null | undefined)?.then === "function") {
    throw new ValueError(`${fn}: expected closure to return its loss, got a promise. Wait for it before the step.`);
  }
  return loss;
}
