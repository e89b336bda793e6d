import { gradcheck } from "@tapegrad/autograd";
import { Generator, type Tensor } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { type Dense, GatedFeedForward, Highway } from "../index.ts";

const draw = drawer(51);
const generator = new Generator(52);
const options = { dtype: "float64", generator } as const;
const [x] = [draw(3, 4)];
const rows = (t: Tensor): number[][] => t.toArray() as number[][];
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

/** A dense layer in loops. */
const dense = ({ weight, bias }: Dense, v: readonly number[]): number[] =>
  rows(weight).map((row, out) => row.reduce((sum, w, i) => sum + w * v[i]!, bias?.data[out] ?? 0));

describe("Highway", () => {
  it.each([["relu", (v: number): number => Math.max(v, 0)], ["tanh", Math.tanh]] as const)("with %s agrees with loops, and has its gradients", (activation, f) => {
    const layer = new Highway(4, { ...options, activation, gateBias: 0.3 });
    const want = rows(x).map((row) => {
      const [h, t] = [dense(layer.transform, row).map(f), dense(layer.gate, row).map(sigmoid)];
      return row.map((value, i) => t[i]! * h[i]! + (1 - t[i]!) * value);
    });
    expectClose(layer.forward(x), want);
    expect(gradcheck((t) => layer.forward(t), [x], { order: 2 }).passed).toBe(true);
  }); // prettier-ignore

  it("carries at first, as much as its gate's bias says", () => {
    const layer = new Highway(4, { gateBias: -3 });
    expect([...layer.gate.bias!.data]).toEqual([-3, -3, -3, -3]);
    expect(new Set(new Highway(2).gate.bias!.data)).toEqual(new Set([-2]));
    expect(layer.details()).toBe("4, gateBias=-3");
    expect(Object.keys(layer.stateDict())).toEqual(["transform.weight", "transform.bias", "gate.weight", "gate.bias"]);
    expect(() => new Highway(0)).toThrow("Highway: expected features to be a whole number ≥ 1, got 0.");
    expect(() => layer.forward(draw(2, 3))).toThrow("linear: expected input of shape [..., 4], got [2, 3].");
  });
});

describe("GatedFeedForward", () => {
  const kinds = {
    sigmoid,
    relu: (v: number): number => Math.max(v, 0),
    silu: (v: number): number => v * sigmoid(v),
    tanh: Math.tanh,
  };

  it.each(Object.keys(kinds) as (keyof typeof kinds)[])("with %s agrees with loops, and has its gradients", (name) => {
    for (const bias of [false, true]) {
      const block = new GatedFeedForward(4, 5, { ...options, activation: name, bias });
      const want = rows(x).map((row) => {
        const value = dense(block.value, row);
        return dense(block.output, dense(block.gate, row).map((v, i) => kinds[name](v) * value[i]!)); // prettier-ignore
      });
      expectClose(block.forward(x), want);
      expect(block.parameters().length).toBe(bias ? 6 : 3);
      expect(gradcheck((t) => block.forward(t), [x], { order: 2 }).passed).toBe(true);
    }
  });

  it("takes a function, and refuses what it does not know", () => {
    const bilinear = new GatedFeedForward(4, 5, { ...options, activation: (t) => t });
    expect(bilinear.forward(x.mul(2)).sub(bilinear.forward(x).mul(4)).abs().max().item()).toBeLessThan(1e-12);
    expect(new GatedFeedForward(4, 5).details()).toBe("4, 5");
    expect(() => new GatedFeedForward(4, 0)).toThrow("GatedFeedForward: expected hiddenFeatures to be a whole number ≥ 1, got 0."); // prettier-ignore
    expect(() => new GatedFeedForward(4, 5, { activation: "sillu" as "silu" })).toThrow('Did you mean "silu"?');
  });
});
