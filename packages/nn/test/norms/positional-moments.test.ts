import { gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional, LayerNorm, PositionalNorm } from "../../src/index.ts";
import { disturbed, expectDerivatives, numbers, relativeError } from "./norm-case.ts";

const { layerNorm, pixelNorm, positionalNorm, positionalNormWithMoments, rmsNorm } = functional;
const generator = new Generator(179);
const draw = (...of: readonly number[]): Tensor => randn(of, { dtype: "float64", generator });
const x = draw(2, 5, 3, 2).add(0.5);
const lastly = (t: Tensor): Tensor => t.permute([0, 2, 3, 1]);

describe("norms of positions", () => {
  it("are LayerNorm and RMSNorm with the channels last", () => {
    expect(relativeError(lastly(positionalNorm(x, { eps: 0.1 })).data, numbers(layerNorm(lastly(x), 5, { eps: 0.1 })))).toBeLessThan(1e-14); // prettier-ignore
    expect(relativeError(lastly(pixelNorm(x, { eps: 0.1 })).data, numbers(rmsNorm(lastly(x), 5, { eps: 0.1 })))).toBeLessThan(1e-14); // prettier-ignore
    const layer = disturbed(new PositionalNorm(5, { dtype: "float64", eps: 0.2 }));
    const last = new LayerNorm(5, { dtype: "float64", eps: 0.2 });
    last.loadStateDict(layer.stateDict());
    expect(relativeError(lastly(layer.forward(x)).data, numbers(last.forward(lastly(x))))).toBeLessThan(1e-14);
  });
});

describe("positionalNormWithMoments", () => {
  it("gives what positionalNorm gives, and mean and deviation of every position", () => {
    const { normalized, mean, deviation } = positionalNormWithMoments(x, { eps: 0.1 });
    expect(normalized.toArray()).toEqual(positionalNorm(x, { eps: 0.1 }).toArray());
    expect([mean.shape, deviation.shape]).toEqual([[2, 1, 3, 2], [2, 1, 3, 2]]); // prettier-ignore
    for (const [n, i, j] of [[0, 0, 0], [1, 2, 1]] as const) {
      const values = [0, 1, 2, 3, 4].map((c) => x.at(n, c, i, j).item());
      const want = values.reduce((sum, value) => sum + value / 5, 0);
      expect(mean.at(n, 0, i, j).item()).toBeCloseTo(want, 14);
      const variance = values.reduce((sum, value) => sum + (value - want) ** 2 / 5, 0);
      expect(deviation.at(n, 0, i, j).item()).toBeCloseTo(Math.sqrt(variance + 0.1), 14);
    } // prettier-ignore
  });

  it("is undone by its moments", () => {
    const { normalized, mean, deviation } = positionalNormWithMoments(x);
    expect(relativeError(normalized.mul(deviation).add(mean).data, numbers(x))).toBeLessThan(1e-14);
  });

  it("has the derivatives of a shortcut", () => {
    const shortcut = (at: Tensor, other: Tensor): Tensor => {
      const { normalized, mean, deviation } = positionalNormWithMoments(at);
      return positionalNorm(other.mul(normalized)).mul(deviation).add(mean);
    };
    expectDerivatives((...given) => shortcut(given[0]!, given[1]!), [x, draw(2, 5, 3, 2)]);
    expect(gradcheck((at) => positionalNormWithMoments(at).deviation, [x], { order: 2 }).passed).toBe(true);
  });
});
