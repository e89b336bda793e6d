import { ValueError } from "@tapegrad/tensor";

/**
 * Throws unless there are parameter groups whose rates can be set.
 *
 * @throws {ValueError} `StepLR: expected an optimizer, got undefined.`
 */
export function expectOptimizer(fn: string, optimizer: { readonly groups: unknown } | undefined): void {
  if (!Array.isArray(optimizer?.groups)) {
    throw new ValueError(`${fn}: expected an optimizer, got ${String(optimizer)}.`);
  }
}
