import { describe, expect, it } from "vitest";
import { blockLength, mapVectors } from "../../test/map-vectors.ts";
import { mathReference } from "../../test/math-reference.ts";
import { randomNumbers } from "../../test/reference-gemm.ts";
import { unitInLastPlace } from "../../test/unit-in-last-place.ts";
import { mathFunctions } from "./math-functions.ts";
import type { UnaryMathName } from "./math-functions.ts";

// Evenly spaced bit patterns: half a million of them, or 2^24 with `pnpm accuracy`, which also prints the errors.
const isFull = process.env["MATH_ACCURACY"] === "full";
const stride = isFull ? 255 : 8191;
const names = Object.keys(mathReference) as UnaryMathName[];

// Units in the last place: what was measured, and a little more. What is computed in double precision is rounded once.
const limits: { readonly [Name in UnaryMathName]: number } = {
  exp: 0.76,
  expm1: 1.2,
  log: 0.82,
  log1p: 0.82,
  tanh: 1.25,
  sigmoid: 1.35,
  erf: 1.35,
  erfc: 0.51,
  sin: 0.51,
  cos: 0.51,
};

describe.each(names)("%s on float32", (name) => {
  it(`errs by at most ${limits[name]} units in the last place`, () => {
    const reference = mathReference[name];
    const { run, arguments: inputs, out } = mapVectors(mathFunctions[name], Float32Array);
    const [x] = inputs as [Float32Array];
    const bits = new Uint32Array(x.buffer, x.byteOffset, blockLength);
    let worst = { error: 0, x: 0, actual: 0, expected: 0 };
    for (let base = 0; base < 2 ** 32; base += stride * blockLength) {
      for (let i = 0; i < blockLength; i++) bits[i] = base + i * stride;
      run(blockLength);
      for (let i = 0; i < blockLength; i++) {
        const [argument, actual] = [x[i]!, out[i]!];
        const expected = reference(argument);
        const rounded = Math.fround(expected);
        if (Object.is(actual, rounded)) continue;
        const isInfinite = !Number.isFinite(actual) || !Number.isFinite(rounded);
        const error = isInfinite ? Infinity : Math.abs(actual - expected) / unitInLastPlace(expected, "float32");
        if (error > worst.error) worst = { error, x: argument, actual, expected };
      }
    }
    if (isFull) console.log(`${name}: ${worst.error.toFixed(3)} at ${worst.x}`);
    expect(worst, JSON.stringify(worst)).toMatchObject({
      error: expect.toSatisfy((error: number) => error <= limits[name]),
    });
  });
});

describe("pow on float32", () => {
  it("errs by at most 1.5 units in the last place", () => {
    const { run, arguments: inputs, out } = mapVectors(mathFunctions.pow, Float32Array);
    const [x, y] = inputs as [Float32Array, Float32Array];
    const random = randomNumbers(5);
    let worst = 0;
    for (let block = 0; block < (isFull ? 256 : 4); block++) {
      for (let i = 0; i < blockLength; i++) {
        x[i] = i % 2 ? 2 ** (random() * 126) : 1 + random() * 2 ** (-10 + random() * 10);
        y[i] = i % 2 ? random() * 3 : random() * 2 ** (10 + random() * 10);
      }
      run(blockLength);
      for (let i = 0; i < blockLength; i++) {
        const expected = x[i]! ** y[i]!;
        if (out[i] === Math.fround(expected)) continue;
        worst = Math.max(worst, Math.abs(out[i]! - expected) / unitInLastPlace(expected, "float32"));
      }
    }
    if (isFull) console.log(`pow: ${worst.toFixed(3)}`);
    expect(worst).toBeLessThanOrEqual(1.5);
  });
});
