import { ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import type { LabelledData } from "../labelled-data.ts";
import { circles } from "./circles.ts";
import { gaussians } from "./gaussians.ts";
import { linearPlane } from "./linear-plane.ts";
import { moons } from "./moons.ts";
import { spirals } from "./spirals.ts";
import { xor } from "./xor.ts";

const generators = { circles, gaussians, moons, spirals, xor };

/** Coordinates of sample `index`. */
function point(data: LabelledData, index: number): [number, number] {
  return [data.x.data[2 * index]!, data.x.data[2 * index + 1]!];
}

describe.each(Object.entries(generators))("%s", (name, generate) => {
  it("gives float32 points and int32 classes that take turns", () => {
    const { x, y, classes, dataset } = generate(11);
    expect(x.shape).toEqual([11, 2]);
    expect(x.dtype).toBe("float32");
    expect(y.dtype).toBe("int32");
    expect([...y.data]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(classes).toEqual(["0", "1"]);
    expect(dataset.length).toBe(11);
  });

  it("repeats itself for a seed and differs for another", () => {
    expect(generate(40, { seed: 5, noise: 0.1 }).x.data).toEqual(generate(40, { seed: 5, noise: 0.1 }).x.data);
    expect(generate(40, { seed: 5, noise: 0.1 }).x.data).not.toEqual(generate(40, { seed: 6, noise: 0.1 }).x.data);
  });

  it("adds noise of the given deviation", () => {
    // The shape is the same for the same seed, so the difference of two noise levels is the noise itself.
    const quiet = generate(4000, { seed: 1, noise: 0 }).x;
    const noise = generate(4000, { seed: 1, noise: 0.5 }).x.sub(quiet);
    expect(noise.mean().item()).toBeCloseTo(0, 1);
    expect(noise.std().item()).toBeCloseTo(0.5, 1);
  });

  it.each([
    [() => generate(0), `${name}: expected samples to be a whole number ≥ 1, got 0.`],
    [() => generate(1.5), `${name}: expected samples to be a whole number ≥ 1, got 1.5.`],
    [() => generate(5, { noise: -1 }), `${name}: expected noise ≥ 0, got -1.`],
    [() => generate(5, { seed: -1 }), `${name}: expected seed to be a whole number ≥ 0, got -1.`],
  ])("rejects bad arguments (%#)", (call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });

  it("rejects an unknown option", () => {
    const call = () => generate(5, { nois: 1 } as object);
    expect(call).toThrow(ValueError);
    expect(call).toThrow(/expected options .*noise, seed, got "nois"\./);
  });
});

describe("linearPlane", () => {
  it("rises along the diagonal, from −1 to 1", () => {
    const { x, y, dataset } = linearPlane(500, { seed: 4 });
    expect(y.shape).toEqual([500, 1]);
    expect(dataset.length).toBe(500);
    const wrong = Array.from(y.data, (value, i) => Math.abs(value - (x.data[2 * i]! + x.data[2 * i + 1]!) / 2));
    expect(Math.max(...wrong)).toBeLessThan(1e-6);
    expect(x.min().item()).toBeGreaterThanOrEqual(-1);
    expect(x.max().item()).toBeGreaterThan(0.98);
  });

  it("gives the same for the same seed, and noise on y alone", () => {
    const plain = linearPlane(400, { seed: 1 });
    const noisy = linearPlane(400, { seed: 1, noise: 0.5 });
    expect(noisy.x.toArray()).toEqual(plain.x.toArray());
    expect(noisy.y.sub(plain.y).std().item()).toBeCloseTo(0.5, 1);
    expect(linearPlane(400, { seed: 2 }).x.toArray()).not.toEqual(plain.x.toArray());
    expect(() => linearPlane(0)).toThrow("linearPlane: expected samples to be a whole number ≥ 1, got 0.");
  });
});

describe("shapes without noise", () => {
  it("spirals grow from the centre to radius 1", () => {
    const data = spirals(201, { classes: 3, noise: 0, turns: 2 });
    expect(Math.hypot(...point(data, 0))).toBe(0);
    expect(Math.hypot(...point(data, 200))).toBeCloseTo(1, 6);
    expect(data.classes).toHaveLength(3);
  });

  it("moons are half circles around (0, 0) and (1, 0.5)", () => {
    const data = moons(100, { noise: 0 });
    for (let sample = 0; sample < 100; sample += 2) {
      const [a, b] = point(data, sample);
      const [c, d] = point(data, sample + 1);
      expect(Math.hypot(a, b)).toBeCloseTo(1, 6);
      expect(b).toBeGreaterThan(-1e-6);
      expect(Math.hypot(c - 1, d - 0.5)).toBeCloseTo(1, 6);
      expect(d).toBeLessThan(0.5 + 1e-6);
    }
  });

  it("circles have radius 1 and `factor`", () => {
    const data = circles(50, { noise: 0, factor: 0.25 });
    for (let sample = 0; sample < 50; sample++) {
      expect(Math.hypot(...point(data, sample))).toBeCloseTo(sample % 2 === 0 ? 1 : 0.25, 6);
    }
  });

  it("xor has one class where signs agree", () => {
    const data = xor(400);
    let rightHalf = 0;
    for (let sample = 0; sample < 400; sample++) {
      const [a, b] = point(data, sample);
      expect(a * b > 0 ? 0 : 1).toBe(data.y.data[sample]);
      expect(Math.min(Math.abs(a), Math.abs(b))).toBeGreaterThan(0.0499);
      expect(Math.max(Math.abs(a), Math.abs(b))).toBeLessThanOrEqual(1);
      rightHalf += a > 0 ? 1 : 0;
    }
    expect(rightHalf).toBeGreaterThan(150);
    expect(rightHalf).toBeLessThan(250);
  });

  it("gaussians sit on the unit circle of the first two coordinates", () => {
    const data = gaussians(4, { classes: 4, features: 3, noise: 0 });
    const want = [1, 0, 0, 0, 1, 0, -1, 0, 0, 0, -1, 0];
    want.forEach((value, index) => expect(data.x.data[index]).toBeCloseTo(value, 6));
  });

  it.each([
    [() => spirals(5, { classes: 0 }), "spirals: expected classes to be a whole number ≥ 1, got 0."],
    [() => spirals(5, { turns: Number.NaN }), "spirals: expected turns ≥ 0, got NaN."],
    [() => circles(5, { factor: 2 }), "circles: expected factor in [0, 1], got 2."],
    [() => gaussians(5, { features: 1 }), "gaussians: expected features to be a whole number ≥ 2, got 1."],
  ])("rejects options out of range (%#)", (call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });
});
