import { ShapeError } from "@tapegrad/tensor";

/** Throws unless `features` is a whole number of at least 1. */
export function checkFeatures(fn: string, name: string, features: number): void {
  if (!Number.isSafeInteger(features) || features < 1) {
    throw new ShapeError(`${fn}: expected ${name} to be a whole number of at least 1, got ${String(features)}.`);
  }
}
