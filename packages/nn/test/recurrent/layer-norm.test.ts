import { gradcheck } from "@tapegrad/autograd";
import { Generator, ones, type Tensor } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional, GRU, GRUCell, LSTM, LSTMCell, RNN, RNNCell } from "../../src/index.ts";
import { run } from "./run-layer.ts";

type Vector = readonly number[];
/** What stands in place of tanh and σ. */
interface Bends {
  readonly bend: (v: number) => number;
  readonly open: (v: number) => number;
}
/** A step for one sample in scalars; parameters by the names of the state dictionary. */
type Step = (
  x: Vector,
  h: Vector,
  c: Vector,
  p: (name: string) => Tensor,
  { bend, open }: Bends,
) => [h: number[], c: number[]];

const draw = drawer(41);
const [inside, hidden] = [3, 4];
const usual: Bends = { bend: Math.tanh, open: (v) => 1 / (1 + Math.exp(-v)) };
const others: Bends = { bend: (v) => Math.log1p(Math.exp(v)), open: (v) => v / (1 + Math.abs(v)) };
const times = (w: Tensor, x: Vector): number[] =>
  (w.toArray() as number[][]).map((row) => row.reduce((sum, value, k) => sum + value * x[k]!, 0));
const add = (a: Vector, b: Vector): number[] => a.map((value, i) => value + b[i]!);

/** `γ·(x − μ)/√(σ² + 1e-5) + β` over all of x. */
function normed(x: Vector, gain: Vector, shift: Vector): number[] {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return x.map((value, i) => (gain[i]! * (value - mean)) / Math.sqrt(variance + 1e-5) + shift[i]!);
}

const list = (t: Tensor): number[] => t.toArray() as number[];
/** Rows `from` to `to` of a product under their norm. */
const part = (p: (name: string) => Tensor, of: "ih" | "hh", x: Vector, from: number, to: number): number[] =>
  normed(times(p(`weight_${of}`), x).slice(from, to), list(p(`gain_${of}`)).slice(from, to), list(p(`bias_${of}`)).slice(from, to)); // prettier-ignore

const steps: Readonly<Record<string, Step>> = {
  rnn: (x, h, c, p, { bend }) => {
    const sum = add(times(p("weight_ih"), x), times(p("weight_hh"), h));
    return [add(normed(sum, list(p("gain")), list(p("bias_ih"))), list(p("bias_hh"))).map(bend), [...c]];
  },
  lstm: (x, h, c, p, { bend, open }) => {
    const sum = add(part(p, "ih", x, 0, 4 * hidden), part(p, "hh", h, 0, 4 * hidden));
    const of = (gate: number): number[] => sum.slice(gate * hidden, (gate + 1) * hidden);
    const memory = c.map((old, j) => open(of(1)[j]!) * old + open(of(0)[j]!) * bend(of(2)[j]!));
    const shown = normed(memory, list(p("gain_memory")), list(p("bias_memory")));
    return [shown.map((value, j) => open(of(3)[j]!) * bend(value)), memory];
  },
  gru: (x, h, c, p, { bend, open }) => {
    const gates = add(part(p, "ih", x, 0, 2 * hidden), part(p, "hh", h, 0, 2 * hidden)).map(open);
    const [xn, hn] = [part(p, "ih", x, 2 * hidden, 3 * hidden), part(p, "hh", h, 2 * hidden, 3 * hidden)];
    return [h.map((old, j) => (1 - gates[hidden + j]!) * bend(xn[j]! + gates[j]! * hn[j]!) + gates[hidden + j]! * old), [...c]]; // prettier-ignore
  },
  "gru of the paper": (x, h, c, p, { bend, open }) => {
    const gates = add(part(p, "ih", x, 0, 2 * hidden), part(p, "hh", h, 0, 2 * hidden)).map(open);
    const reset = h.map((old, j) => gates[j]! * old);
    const [xn, hn] = [part(p, "ih", x, 2 * hidden, 3 * hidden), part(p, "hh", reset, 2 * hidden, 3 * hidden)];
    return [h.map((old, j) => (1 - gates[hidden + j]!) * bend(xn[j]! + hn[j]!) + gates[hidden + j]! * old), [...c]]; // prettier-ignore
  },
};

const options = { dtype: "float64", layerNorm: true, generator: new Generator(8) } as const;
const layers = {
  rnn: (more: object = {}) => new RNN(inside, hidden, { ...options, ...more }),
  lstm: (more: object = {}) => new LSTM(inside, hidden, { ...options, ...more }),
  gru: (more: object = {}) => new GRU(inside, hidden, { ...options, ...more }),
  "gru of the paper": (more: object = {}) => new GRU(inside, hidden, { ...options, resetAfter: false, ...more }),
} as const;
const bent = { activation: "softplus" } as const;
const cells = { rnn: RNNCell, lstm: LSTMCell, gru: GRUCell } as const;

/** Draws all parameters anew, gains and shifts too, which begin with ones and zeros. */
function shake<L extends RNN | LSTM | GRU>(layer: L): L {
  const drawn = Object.entries(layer.stateDict()).map(([name, t]) => [name, draw(...t.shape)]);
  layer.loadStateDict(Object.fromEntries(drawn) as Record<string, Tensor>);
  return layer;
}

describe.each(Object.keys(layers) as (keyof typeof layers)[])("%s with layer norm", (name) => {
  it.each([
    ["tanh and σ", {}, usual],
    ["other activations", name === "rnn" ? bent : { ...bent, recurrentActivation: "softsign" }, others],
  ])("agrees with scalars, step by step, with %s", (_, more, bends) => {
    const layer = shake(layers[name](more));
    const dict = layer.stateDict();
    const [x, h0, c0] = [draw(5, 2, inside), draw(1, 2, hidden), draw(1, 2, hidden)];
    const [output, , memory] = run(layer, x, h0, c0);
    [0, 1].forEach((sample) => {
      let [h, c] = [list(h0.slice(0, sample)), list(c0.slice(0, sample))];
      for (let t = 0; t < 5; t++) {
        [h, c] = steps[name]!(list(x.slice(t, sample)), h, c, (key) => dict[`${key}_l0`]!, bends);
        expectClose(output!.slice(t, sample), h);
      }
      if (memory !== undefined) expectClose(memory.slice(0, sample), c);
    });
  });

  it("has derivatives of first and second order", () => {
    const layer = shake(layers[name]());
    const step = (x: Tensor, h: Tensor): Tensor => run(layer, x, h, h)[0]!;
    expect(gradcheck(step, [draw(2, 1, inside), draw(1, 1, hidden)], { order: 2 }).passed).toBe(true);
    run(layer, draw(2, 2, inside))[0]!
      .square()
      .sum()
      .backward();
    for (const [key, p] of layer.namedParameters()) expect([key, p.grad!.abs().max().item() > 0]).toEqual([key, true]);
  });

  it("does not care how large its weights are, but for eps", () => {
    const layer = shake(layers[name]());
    const dict = layer.stateDict();
    const x = draw(4, 2, inside);
    const before = run(layer, x)[0]!;
    const scaled = Object.entries(dict).map(([key, t]) => [key, key.startsWith("weight") ? t.mul(3) : t] as const);
    layer.loadStateDict(Object.fromEntries(scaled));
    expect(run(layer, x)[0]!.sub(before).abs().max().item()).toBeLessThan(1e-3);
  });

  it("begins with gains of 1 and shifts of 0, in every layer and direction, or without shifts", () => {
    const layer = layers[name]({ numLayers: 2, bidirectional: true });
    const norms = layer.namedParameters().filter(([key]) => !key.startsWith("weight"));
    expect(norms.length).toBe(4 * { rnn: 3, lstm: 6, gru: 4, "gru of the paper": 4 }[name]);
    for (const [key, p] of norms) expect([...new Set(p.data)]).toEqual([key.startsWith("gain") ? 1 : 0]);
    const bare = layers[name]({ bias: false });
    expect(bare.namedParameters().some(([key]) => key.startsWith("bias"))).toBe(false);
    expect(run(bare, draw(2, 1, inside))[0]!.shape).toEqual([2, 1, hidden]);
    expect(layer.details()).toContain("layerNorm=true");
  });
});

it.each(Object.keys(cells) as (keyof typeof cells)[])("a cell of %s is a step of its layer", (name) => {
  const layer = shake(layers[name]());
  const cell = new cells[name](inside, hidden, options);
  const entries = Object.entries(layer.stateDict()).map(([key, t]) => [key.replace("_l0", ""), t] as const);
  cell.loadStateDict(Object.fromEntries(entries));
  const x = draw(1, 2, inside);
  const y = [(cell as RNNCell).forward(x.slice(0))].flat()[0]!;
  expectClose(y, run(layer, x)[0]!.slice(0).toArray());
});

it("refuses gains that do not fit", () => {
  const [x, h] = [draw(1, inside), draw(1, hidden)];
  const weights = { weightIh: draw(4 * hidden, inside), weightHh: draw(4 * hidden, hidden) };
  expect(() => functional.lstmCell(x, [h, h], { ...weights, gainIh: ones([3]) })).toThrow(
    "lstmCell: expected gainIh of shape [16], got [3].",
  );
  expect(() => functional.lstmCell(x, [h, h], { ...weights, gainMemory: ones([3]) })).toThrow(
    "lstmCell: expected gainMemory of shape [4], got [3].",
  );
});
