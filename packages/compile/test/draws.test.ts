import { Generator, categorical, manualSeed, multinomial, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectFrequencies } from "./expect-frequencies.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const double = (data: Parameters<typeof tensor>[0]): Tensor => tensor(data, { dtype: "float64" });
const ints = (data: Parameters<typeof tensor>[0]): Tensor => tensor(data, { dtype: "int32" });
const normals = (seed: number, ...shape: number[]): Tensor =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });

describe("multinomial", () => {
  const weights = tensor([[1, 0, 3, 4], [0, 5, 0, 5], [1e-30, 1e-30, 2e-30, 0]]); // prettier-ignore
  const shares = [[0.125, 0, 0.375, 0.5], [0, 0.5, 0, 0.5], [0.25, 0.25, 0.5, 0]]; // prettier-ignore

  it("draws with replacement as often as the weights say", () => {
    const drawn = multinomial(weights, 20_000, { replacement: true, generator: new Generator(1) });
    expect([drawn.dtype, drawn.shape]).toEqual(["int32", [3, 20_000]]);
    shares.forEach((share, row) => expectFrequencies(drawn.at(row).data, share));
  });

  it("draws without replacement each among those that are left", () => {
    const generator = new Generator(2);
    const p = [0.5, 0.2, 0.3, 0];
    const drawn = multinomial(tensor(p).broadcastTo([20_000, 4]), 3, { generator });
    expect(drawn.shape).toEqual([20_000, 3]);
    const pairs = p.flatMap((first, i) => p.map((second, j) => (i === j ? 0 : (first * second) / (1 - first))));
    expectFrequencies(drawn.at([], [0, 2]).matmul(ints([4, 1])).data, pairs); // prettier-ignore
    expectFrequencies(drawn.at([], 0).data, p);
    // Each row has the classes 0, 1 and 2 in some order.
    expect(drawn.square().sum({ axis: 1 }).eq(5).all().item()).toBe(1);
  });

  it("takes weights of any float size, one row or many, and whole numbers", () => {
    expect(multinomial(double([0, Number.MIN_VALUE, 0]), 1).toArray()).toEqual([1]);
    const ones = Array.from({ length: 100 }, () => 1);
    expect(multinomial(double([0, Number.MIN_VALUE, 0]), 100, { replacement: true }).toArray()).toEqual(ones);
    expect(multinomial(double([1e300, 0, 1e-300]), 2).toArray()).toEqual([0, 2]);
    expect(multinomial(ints([0, 7]), 1).toArray()).toEqual([1]);
    expect(multinomial(weights.reshape([3, 1, 1, 4]), 2).shape).toEqual([3, 1, 1, 2]);
    expect(multinomial(weights.reshape([3, 1, 4]), 5, { replacement: true }).shape).toEqual([3, 1, 5]);
  });

  it.each([true, false])("draws the same eagerly and compiled, anew in each call; replacement %s", (replacement) => {
    expectSameAsEager((wrap) => {
      const generator = new Generator(3);
      const draw = wrap((p: Tensor) => multinomial(p, 2, { replacement, generator }));
      return Array.from({ length: 5 }, () => snapshot(draw(weights)));
    }, 0);
    manualSeed(1);
    const draw = compile((p: Tensor) => multinomial(p, 50, { replacement: true }));
    expect(draw(weights).toArray()).not.toEqual(draw(weights).toArray());
  });
});

describe("categorical", () => {
  it("draws by softmax, and never what −∞ rules out", () => {
    const logits = tensor([1000, 1000 + Math.log(3), -Infinity]);
    const drawn = categorical(logits, { shape: [100, 200], generator: new Generator(4) });
    expect([drawn.dtype, drawn.shape]).toEqual(["int32", [100, 200]]);
    expectFrequencies(drawn.data, [0.25, 0.75, 0]);
    expect(categorical(tensor([[1, 2], [3, 4], [5, 6]]), { shape: [7] }).shape).toEqual([7, 3]); // prettier-ignore
    expect(categorical(logits).shape).toEqual([]);
  });

  it("draws the same eagerly and compiled", () => {
    expectSameAsEager((wrap) => {
      const generator = new Generator(5);
      const draw = wrap((x: Tensor) => categorical(x, { shape: [3], generator }));
      return [1, 2, 3].map((seed) => snapshot(draw(normals(seed, 4, 5))));
    }, 0);
  });
});
