import { describe, expect, it } from "vitest";
import { exactPowers, exactValues } from "../../test/exact-values.ts";
import { mapVectors } from "../../test/map-vectors.ts";
import { mathReference } from "../../test/math-reference.ts";
import { randomNumbers } from "../../test/reference-gemm.ts";
import { unitInLastPlace } from "../../test/unit-in-last-place.ts";
import { mathFunctions } from "./math-functions.ts";
import type { UnaryMathName } from "./math-functions.ts";

const names = Object.keys(mathReference) as UnaryMathName[];
const count = 30_000;

/** Arguments of all magnitudes, most of them where the function changes. */
function fillArguments(name: UnaryMathName, x: Float64Array): void {
  const random = randomNumbers(7);
  const scales = [0.5, 2, 20, 700];
  for (let i = 0; i < count; i++) {
    const value = i % 5 === 4 ? random() * 2 ** (random() * 60) : random() * scales[i % 5]!;
    x[i] = name.startsWith("log") ? Math.abs(value) : value;
  }
}

describe.each(names)("%s on float64", (name) => {
  it("errs by at most two units in the last place", () => {
    const { run, arguments: inputs, out } = mapVectors(mathFunctions[name], Float64Array);
    const rows = exactValues[name];
    rows.forEach(([x], i) => ((inputs[0] as Float64Array)[i] = x));
    run(rows.length + (rows.length % 2));
    rows.forEach(([x, value], i) => {
      const error = Math.abs(out[i]! - value) / unitInLastPlace(value, "float64");
      expect(error, `${name}(${x})`).toBeLessThanOrEqual(2);
    });
  });

  it("agrees with Math", () => {
    const { run, arguments: inputs, out } = mapVectors(mathFunctions[name], Float64Array);
    const x = inputs[0] as Float64Array;
    fillArguments(name, x);
    run(count);
    // The references of erf and erfc are no better than this.
    const tolerance = name.startsWith("erf") ? 1e-14 : 1e-15;
    let worst = { error: 0, x: 0 };
    for (let i = 0; i < count; i++) {
      const expected = mathReference[name](x[i]!);
      if (Object.is(out[i], expected)) continue;
      const error = Math.abs(out[i]! - expected) / Math.max(Math.abs(expected), 2 ** -1022);
      if (!(error <= worst.error)) worst = { error, x: x[i]! };
    }
    expect(worst.error, `${name}(${worst.x})`).toBeLessThanOrEqual(tolerance);
  });
});

describe("pow on float64", () => {
  it("errs by at most two units in the last place", () => {
    const { run, arguments: inputs, out } = mapVectors(mathFunctions.pow, Float64Array);
    const [x, y] = inputs as [Float64Array, Float64Array];
    exactPowers.forEach((row, i) => ([x[i], y[i]] = [row[0], row[1]]));
    run(exactPowers.length);
    exactPowers.forEach(([base, exponent, power], i) => {
      const error = Math.abs(out[i]! - power) / unitInLastPlace(power, "float64");
      expect(error, `pow(${base}, ${exponent})`).toBeLessThanOrEqual(2);
    });
  });

  it("agrees with Math", () => {
    const { run, arguments: inputs, out } = mapVectors(mathFunctions.pow, Float64Array);
    const [x, y] = inputs as [Float64Array, Float64Array];
    const random = randomNumbers(3);
    for (let i = 0; i < count; i++) {
      x[i] = i % 2 ? 2 ** (random() * 900) : 1 + random() / 8;
      y[i] = i % 2 ? random() : random() * 5000;
    }
    run(count);
    for (let i = 0; i < count; i++) {
      const expected = x[i]! ** y[i]!;
      const error = Math.abs(out[i]! - expected) / Math.max(expected, 2 ** -1022);
      if (!(error <= 1e-15)) expect(error, `pow(${x[i]}, ${y[i]})`).toBeLessThanOrEqual(1e-15);
    }
  });
});
