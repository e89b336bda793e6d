import { Tensor } from "@tapegrad/tensor";
import { expect } from "vitest";
import { compile } from "../src/index.ts";

/** Either `compile` or the function as it is. */
export type Wrap = <Arguments extends unknown[], Result>(
  fn: (...args: Arguments) => Result,
) => (...args: Arguments) => Result;

/** A function compiled, and as it is. */
export const bothWays: readonly Wrap[] = [(fn) => compile(fn), (fn) => fn];

/** What a scenario observes: tensors, numbers and the like, nested as it pleases. */
export type Observed = unknown;

/**
 * Runs a scenario twice from scratch, as it is and with its functions compiled, and holds what it observes against
 * each other: numbers within `tolerance` relative, everything else exactly.
 */
export function expectSameAsEager(scenario: (wrap: Wrap) => Observed, tolerance = 1e-5): void {
  const eager = plain(scenario((fn) => fn));
  const compiled = plain(scenario((fn) => compile(fn)));
  compare(compiled, eager, tolerance, "result");
}

/** Tensors as shape, dtype and elements: copies of what they are now. */
function plain(value: Observed): unknown {
  if (value instanceof Tensor) return { shape: [...value.shape], dtype: value.dtype, data: Array.from(value.data) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}

function compare(got: unknown, want: unknown, tolerance: number, path: string): void {
  if (typeof want === "number" && typeof got === "number") {
    const close = Object.is(got, want) || Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want));
    if (!close) expect.fail(`${path}: expected ${want}, got ${got}`);
    return;
  }
  if (typeof want === "object" && want !== null && typeof got === "object" && got !== null) {
    expect(Object.keys(got), path).toEqual(Object.keys(want));
    for (const [key, inner] of Object.entries(want)) {
      compare((got as Record<string, unknown>)[key], inner, tolerance, `${path}.${key}`);
    }
    return;
  }
  expect(got, path).toEqual(want);
}

/** What a tensor holds now, for later. */
export function snapshot(tensor: Tensor | undefined): Tensor | undefined {
  return tensor?.detach().clone();
}
