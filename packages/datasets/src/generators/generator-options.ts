import { ValueError } from "@tapegrad/tensor";

/** Options that every generator has. */
export interface GeneratorOptions {
  /** Standard deviation of the normal noise that is added to each coordinate. */
  readonly noise?: number;
  /** The same seed gives the same samples; 0 if absent. */
  readonly seed?: number;
}

/** Throws unless `value` is an integer of at least `minimum`. */
export function checkInteger(fn: string, name: string, value: unknown, minimum: number): void {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < minimum) {
    throw new ValueError(`${fn}: expected ${name} to be an integer of at least ${minimum}, got ${String(value)}.`);
  }
}

/** Throws unless `value` is a finite number of at least `minimum`. */
export function checkNumber(fn: string, name: string, value: unknown, minimum: number): void {
  if (typeof value !== "number" || !Number.isFinite(value) || value < minimum) {
    throw new ValueError(`${fn}: expected ${name} to be a number of at least ${minimum}, got ${String(value)}.`);
  }
}
