import { FormatError, type Tensor } from "@tapegrad/tensor";
import type { Comparison } from "../comparison.ts";
import type { Json } from "../format.ts";

/** Random numbers of which a distribution is expected. */
export type Expected = Readonly<Record<string, Json>>;

const distributions = ["uniform", "normal", "truncated-normal"];

/** How many values the moments of a distribution are taken from, at least. */
export const enough = 10_000;

/** The elements of as many tensors as it takes. */
export function collect(draw: () => Tensor): Float64Array {
  const parts: Tensor["data"][] = [];
  for (let size = 0; size < enough;) {
    const { data } = draw();
    if (data.length === 0) throw new FormatError("init: expected tensors with elements, got an empty one.");
    parts.push(data);
    size += data.length;
  }
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

/** Holds values to mean, standard deviation and limits: the moments to 4 standard errors, the limits to 1 % of their distance. */
export function checkSpread(label: string, values: Float64Array, expected: Expected, check: Comparison): void {
  const { distribution, low, high, mean, std } = expected;
  if (!distributions.includes(String(distribution))) {
    throw new FormatError(`init: expected one of ${distributions.join(", ")}, got ${String(distribution)}.`);
  }
  const wanted = { mean: mean as number, std: std as number };
  const average = values.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - average) ** 2, 0) / values.length);
  near(`${label}mean`, average, wanted.mean, (4 * wanted.std) / Math.sqrt(values.length), check);
  near(`${label}std`, deviation, wanted.std, (4 * wanted.std) / Math.sqrt(2 * values.length), check);
  if (typeof low !== "number" || typeof high !== "number") return;
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  check.within(`${label}low`, least, low, low + 0.01 * (high - low));
  check.within(`${label}high`, most, high - 0.01 * (high - low), high);
}

function near(label: string, got: number, want: number, tolerance: number, check: Comparison): void {
  check.within(label, got, want - tolerance, want + tolerance);
}
