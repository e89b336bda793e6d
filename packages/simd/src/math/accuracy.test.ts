import { describe, expect, it } from "vitest";
import { blockLength, mapVectors } from "../../test/map-vectors.ts";
import { mathReference } from "../../test/math-reference.ts";
import { mathFunctions } from "./math-functions.ts";
import type { UnaryMathName } from "./math-functions.ts";

// Evenly spaced bit patterns: 65 thousand of them, or 2^24 with MATH_ACCURACY=full.
const stride = process.env["MATH_ACCURACY"] === "full" ? 256 : 65_521;
const names = Object.keys(mathReference) as UnaryMathName[];

/** The distance of two float32 numbers at the magnitude of x. */
function unitInLastPlace(x: number): number {
  const bits = new Uint32Array(Float32Array.of(Math.abs(x)).buffer);
  let exponent = Math.max((bits[0] as number) >>> 23, 1) - 150;
  if (2 ** (exponent + 23) > Math.abs(x)) exponent = Math.max(exponent - 1, -149);
  return 2 ** exponent;
}

describe.each(names)("%s on float32", (name) => {
  it("errs by at most 1.5 units in the last place", () => {
    const reference = mathReference[name];
    const { run, arguments: inputs, out } = mapVectors(mathFunctions[name], Float32Array);
    const [x] = inputs as [Float32Array];
    const bits = new Uint32Array(x.buffer, x.byteOffset, blockLength);
    let worst = { error: 0, x: 0, actual: 0, expected: 0 };
    for (let base = 0; base < 2 ** 32; base += stride * blockLength) {
      for (let i = 0; i < blockLength; i++) bits[i] = base + i * stride;
      run(blockLength);
      for (let i = 0; i < blockLength; i++) {
        const [argument, actual] = [x[i] as number, out[i] as number];
        const expected = reference(argument);
        const rounded = Math.fround(expected);
        if (Object.is(actual, rounded)) continue;
        const isInfinite = !Number.isFinite(actual) || !Number.isFinite(rounded);
        const error = isInfinite ? Infinity : Math.abs(actual - expected) / unitInLastPlace(expected);
        if (error > worst.error) worst = { error, x: argument, actual, expected };
      }
    }
    expect(worst, JSON.stringify(worst)).toMatchObject({ error: expect.toSatisfy((error: number) => error <= 1.5) });
  });
});
