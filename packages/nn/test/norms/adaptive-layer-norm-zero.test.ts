import { assign, Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { AdaptiveLayerNorm, AdaptiveLayerNormZero, Dense, functional, Lambda } from "../../src/index.ts";
import { disturbed, expectDerivatives, numbers, relativeError } from "./norm-case.ts";

const generator = new Generator(173);
const draw = (...of: readonly number[]): Tensor => randn(of, { dtype: "float64", generator });
const [x, condition] = [draw(2, 5, 4), draw(2, 3)];
const body = (): Dense => new Dense(4, 4, { dtype: "float64", generator });
const block = (options: object = {}): AdaptiveLayerNormZero =>
  new AdaptiveLayerNormZero(body(), 4, 3, { dtype: "float64", ...options });

describe("AdaptiveLayerNormZero", () => {
  it("is the identity at first, whatever the condition is, and does not stay it", () => {
    const fresh = block();
    expect(fresh.forward(x, condition).toArray()).toEqual(x.toArray());
    fresh.forward(x, condition).backward(draw(2, 5, 4));
    const share = fresh.modulation.weight.grad!.slice([8, 12]);
    expect(share.abs().min().item()).toBeGreaterThan(1e-3);
    expect(fresh.modulation.weight.grad!.slice([0, 8]).abs().max().item()).toBe(0);
  });

  it("adds the share that the condition says of a branch that it modulates, in numbers", () => {
    const layer = disturbed(block({ eps: 0.1 }));
    const said = functional.linear(condition, layer.modulation.weight, layer.modulation.bias);
    const { weight, bias } = layer.body as Dense;
    const y = layer.forward(x, condition);
    for (const [n, t] of [[0, 0], [1, 3]] as const) {
      const row = numbers(x.slice(n, t));
      const mean = row.reduce((sum, value) => sum + value / 4, 0);
      const deviation = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2 / 4, 0.1));
      const at = (k: number): number => said.at(n, k).item();
      const inside = row.map((value, k) => ((value - mean) / deviation) * (1 + at(k)) + at(4 + k));
      const want = row.map((value, k) => {
        const out = inside.reduce((sum, each, j) => sum + weight.at(k, j).item() * each, bias!.at(k).item());
        return value + at(8 + k) * out;
      });
      expect(relativeError(y.slice(n, t).data, want)).toBeLessThan(1e-13);
    } // prettier-ignore
  });

  it("has the derivatives of all that it is given", () => {
    const layer = disturbed(block());
    expectDerivatives((at, c) => layer.forward(at!, c!), [x, condition]);
  });

  it("prints its options, and copies body and condition", () => {
    const layer = disturbed(block({ init: "ones" }));
    expect(layer.details()).toBe("4, 3, eps=1e-5, init=ones, dtype=float64");
    expect(layer.namedParameters().map(([name]) => name)).toEqual(["body.weight", "body.bias", "modulation.weight", "modulation.bias"]); // prettier-ignore
    const copy = layer.clone();
    expect(copy.forward(x, condition).toArray()).toEqual(layer.forward(x, condition).toArray());
    assign(copy.modulation.bias!, zeros([12], { dtype: "float64" }));
    expect(copy.forward(x, condition).toArray()).not.toEqual(layer.forward(x, condition).toArray());
  });

  it.each<[run: () => unknown, type: new (message: string) => Error, message: string]>([
    [() => block().forward(zeros([2, 3]), condition), ShapeError, "AdaptiveLayerNormZero: expected input of shape [N, ..., 4], got [2, 3]."],
    [() => new AdaptiveLayerNormZero(new Lambda((t) => t.mean({ axis: 1 })), 4, 3).forward(zeros([2, 5, 4]), zeros([2, 3])), ShapeError, "AdaptiveLayerNormZero: expected a body that keeps shape [2, 5, 4], got [2, 4]."],
    [() => block().forward(x, draw(3, 3)), ShapeError, "adaptiveLayerNorm: expected weight of shape [2, 4], got [3, 4]."],
    [() => new AdaptiveLayerNormZero(body(), 0, 3), ShapeError, "AdaptiveLayerNormZero: expected features to be a whole number ≥ 1, got 0."],
    [() => new AdaptiveLayerNormZero(body(), 4, 0.5), ShapeError, "AdaptiveLayerNormZero: expected conditions to be a whole number ≥ 1, got 0.5."],
    [() => new AdaptiveLayerNormZero(body(), 4, 3, { gate: true } as object), ValueError, 'AdaptiveLayerNormZero: expected options eps, init, generator, dtype, got "gate".'],
  ])("refuses %#", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("AdaptiveLayerNorm", () => {
  it("makes γ − 1 and β of a condition, for all tokens of a sample", () => {
    const layer = disturbed(new AdaptiveLayerNorm(4, 3, { dtype: "float64", eps: 0.1 }));
    const said = functional.linear(condition, layer.modulation.weight, layer.modulation.bias);
    const [gain, shift] = [said.slice([], [0, 4]).add(1).unsqueeze(1), said.slice([], [4, 8]).unsqueeze(1)];
    const want = functional.layerNorm(x, 4, { eps: 0.1 }).mul(gain).add(shift);
    expect(relativeError(layer.forward(x, condition).data, numbers(want))).toBeLessThan(1e-14);
  });
});
