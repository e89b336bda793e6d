import { gradcheck } from "@tapegrad/autograd";
import { tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { drawer } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional } from "../../src/index.ts";

const { lstmCell } = functional;
const draw = drawer(3);
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

describe("peepholes of lstmCell", () => {
  it("let the gates see the memory: input and forget gate the old one, the output gate the new one", () => {
    const [i, f, g, o] = [0.3, -0.2, 0.7, 0.1] as const;
    const [pi, pf, po] = [0.5, -0.4, 0.9] as const;
    const old = 1.5;
    const double = (values: number[]): Tensor => tensor(values, { dtype: "float64" });
    const weights = {
      weightIh: double([i, f, g, o]).reshape(4, 1),
      weightHh: zeros([4, 1], { dtype: "float64" }),
    };
    const state = [double([2]), double([old])] as const;
    const [h, c] = lstmCell(double([1]), state, weights, { peepholes: double([pi, pf, po]) });
    const memory = sigmoid(f + pf * old) * old + sigmoid(i + pi * old) * Math.tanh(g);
    expect(c.item()).toBeCloseTo(memory, 14);
    expect(h.item()).toBeCloseTo(sigmoid(o + po * memory) * Math.tanh(memory), 14);
  });

  it("change nothing when they are zero", () => {
    const weights = { weightIh: draw(8, 3), weightHh: draw(8, 2), biasIh: draw(8), biasHh: draw(8) };
    const [x, state] = [draw(4, 3), [draw(4, 2), draw(4, 2)] as const];
    const got = lstmCell(x, state, weights, { peepholes: zeros([6], { dtype: "float64" }) });
    const want = lstmCell(x, state, weights);
    expect(got.map((t) => t.toArray())).toEqual(want.map((t) => t.toArray()));
  });

  it("have right derivatives of first and second order", () => {
    const run = (x: Tensor, h: Tensor, c: Tensor, ih: Tensor, hh: Tensor, peepholes: Tensor): Tensor => {
      const [next, memory] = lstmCell(x, [h, c], { weightIh: ih, weightHh: hh }, { peepholes });
      return next.add(memory.square());
    };
    const inputs = [draw(2, 3), draw(2, 2), draw(2, 2), draw(8, 3), draw(8, 2), draw(6)];
    gradcheck(run, inputs);
    gradcheck(run, inputs, { order: 2 });
  });

  it("refuse another shape and unknown options", () => {
    const weights = { weightIh: zeros([8, 3]), weightHh: zeros([8, 2]) };
    const run = (options: object): unknown => lstmCell(zeros([1, 3]), [zeros([1, 2]), zeros([1, 2])], weights, options);
    expect(() => run({ peepholes: zeros([8]) })).toThrow("lstmCell: expected peepholes of shape [6], got [8].");
    expect(() => run({ peephole: zeros([6]) })).toThrow(
      'lstmCell: expected options peepholes, activation, recurrentActivation, got "peephole".',
    );
  });
});
