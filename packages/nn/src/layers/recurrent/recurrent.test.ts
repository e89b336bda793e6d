import { gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, Tensor as TensorClass, withTracer, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional, GRU, GRUCell, LSTM, LSTMCell, RNN, RNNCell } from "../../index.ts";

const generator = new Generator(7);
const draw = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator });

type Vector = readonly number[];
interface Plain {
  readonly weightIh: readonly Vector[];
  readonly weightHh: readonly Vector[];
  readonly biasIh: Vector;
  readonly biasHh: Vector;
}
/** One step for one sample, in scalars: h and c from x, h and c. */
type PlainStep = (x: Vector, h: Vector, c: Vector, w: Plain) => readonly [h: number[], c: number[]];

const at = (v: Vector, i: number): number => v[i] as number;
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const affine = (w: readonly Vector[], x: Vector, b: Vector, row: number): number =>
  x.reduce((sum, value, k) => sum + value * at(w[row] as Vector, k), at(b, row));
const both = (x: Vector, h: Vector, w: Plain, row: number): number =>
  affine(w.weightIh, x, w.biasIh, row) + affine(w.weightHh, h, w.biasHh, row);

const steps: Record<string, PlainStep> = {
  tanh: (x, h, c, w) => [h.map((_, j) => Math.tanh(both(x, h, w, j))), [...c]],
  relu: (x, h, c, w) => [h.map((_, j) => Math.max(both(x, h, w, j), 0)), [...c]],
  lstm: (x, h, c, w) => {
    const n = h.length;
    const memory = c.map(
      (old, j) => sigmoid(both(x, h, w, n + j)) * old + sigmoid(both(x, h, w, j)) * Math.tanh(both(x, h, w, 2 * n + j)),
    );
    return [memory.map((value, j) => sigmoid(both(x, h, w, 3 * n + j)) * Math.tanh(value)), memory];
  },
  gru: (x, h, c, w) => {
    const n = h.length;
    const next = h.map((old, j) => {
      const [r, z] = [sigmoid(both(x, h, w, j)), sigmoid(both(x, h, w, n + j))];
      const row = 2 * n + j;
      const fresh = Math.tanh(affine(w.weightIh, x, w.biasIh, row) + r * affine(w.weightHh, h, w.biasHh, row));
      return (1 - z) * fresh + z * old;
    });
    return [next, [...c]];
  },
  "gru of the paper": (x, h, c, w) => {
    const n = h.length;
    const reset = h.map((old, j) => old * sigmoid(both(x, h, w, j)));
    const next = h.map((old, j) => {
      const z = sigmoid(both(x, h, w, n + j));
      return (1 - z) * Math.tanh(both(x, reset, w, 2 * n + j)) + z * old;
    });
    return [next, [...c]];
  },
};

/** Runs a step over [time, batch, in], layer by layer, direction by direction; weights by PyTorch's keys. */
function plain(
  step: PlainStep,
  x: number[][][],
  h0: number[][][],
  c0: number[][][],
  dict: Readonly<Record<string, Tensor>>,
  directions: number,
): { output: number[][][]; h: number[][][]; c: number[][][] } {
  const last = { h: structuredClone(h0), c: structuredClone(c0) };
  let input = x;
  for (let k = 0; k < h0.length; k += directions) {
    const output = input.map((rows) => rows.map((): number[] => []));
    for (let d = 0; d < directions; d++) {
      const suffix = `l${k / directions}${d === 1 ? "_reverse" : ""}`;
      const zeroBias = Array.from({ length: dict[`weight_hh_${suffix}`]?.shape[0] as number }, () => 0);
      const w: Plain = {
        weightIh: dict[`weight_ih_${suffix}`]?.toArray() as number[][],
        weightHh: dict[`weight_hh_${suffix}`]?.toArray() as number[][],
        biasIh: (dict[`bias_ih_${suffix}`]?.toArray() as number[] | undefined) ?? zeroBias,
        biasHh: (dict[`bias_hh_${suffix}`]?.toArray() as number[] | undefined) ?? zeroBias,
      };
      const times = input.map((_, t) => (d === 0 ? t : input.length - 1 - t));
      for (const t of times) {
        (input[t] as number[][]).forEach((row, sample) => {
          const [hs, cs] = [last.h[k + d] as number[][], last.c[k + d] as number[][]];
          const [h, c] = step(row, hs[sample] as number[], cs[sample] as number[], w);
          hs[sample] = h;
          cs[sample] = c;
          output[t]?.[sample]?.push(...h);
        });
      }
    }
    input = output;
  }
  return { output: input, ...last };
}

function expectClose(actual: Tensor | undefined, expected: unknown): void {
  const flat = (expected as number[][][]).flat(2);
  expect(actual?.size).toBe(flat.length);
  flat.forEach((value, i) => expect(actual?.data[i]).toBeCloseTo(value, 12));
}

const layers = {
  tanh: (options: object) => new RNN(3, 4, { dtype: "float64", generator, ...options }),
  relu: (options: object) => new RNN(3, 4, { dtype: "float64", generator, activation: "relu", ...options }),
  lstm: (options: object) => new LSTM(3, 4, { dtype: "float64", generator, ...options }),
  gru: (options: object) => new GRU(3, 4, { dtype: "float64", generator, ...options }),
  "gru of the paper": (options: object) =>
    new GRU(3, 4, { dtype: "float64", generator, resetAfter: false, ...options }),
} as const;

/** Output, last h and last c of any of the layers. */
function run(layer: RNN | LSTM | GRU, x: Tensor, h?: Tensor, c?: Tensor): readonly (Tensor | undefined)[] {
  if (!(layer instanceof LSTM)) return layer.forward(x, h);
  const [output, [hidden, memory]] = layer.forward(x, h === undefined || c === undefined ? undefined : [h, c]);
  return [output, hidden, memory];
}

describe.each(Object.keys(layers) as (keyof typeof layers)[])("recurrent layer %s", (name) => {
  it.each([{}, { bias: false }, { numLayers: 2 }, { bidirectional: true }, { numLayers: 3, bidirectional: true }])(
    "agrees with scalars: %j",
    (options) => {
      const layer = layers[name](options);
      const directions = layer.bidirectional ? 2 : 1;
      const [x, h, c] = [draw(5, 2, 3), ...[1, 2].map(() => draw(layer.numLayers * directions, 2, 4))] as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const array = (t: Tensor): number[][][] => t.toArray() as number[][][];
      const dict = layer.stateDict();
      const want = plain(steps[name] as PlainStep, array(x), array(h), array(c), dict, directions);
      const got = run(layer, x, h, c);
      expectClose(got[0], want.output);
      expectClose(got[1], want.h);
      if (layer instanceof LSTM) expectClose(got[2], want.c);
      const none = array(h.mul(0));
      expectClose(run(layer, x)[0], plain(steps[name] as PlainStep, array(x), none, none, dict, directions).output);
    },
  );

  it("takes batches first, and single sequences", () => {
    const layer = layers[name]({ numLayers: 2, bidirectional: true });
    const first = layers[name]({ numLayers: 2, bidirectional: true, batchFirst: true });
    first.loadStateDict(layer.stateDict());
    const x = draw(5, 2, 3);
    const [want, h] = run(layer, x);
    const [got, hFirst] = run(first, x.transpose(0, 1));
    expect(got?.transpose(0, 1).toArray()).toEqual(want?.toArray());
    expect(hFirst?.toArray()).toEqual(h?.toArray());
    for (const single of [layer, first]) {
      const [y, state] = run(single, x.slice([], 1));
      expectClose(y, want?.slice([], 1).toArray());
      expectClose(state, h?.slice([], 1).toArray());
    }
  });

  it("has derivatives of first and second order", () => {
    const layer = layers[name]({ bidirectional: true });
    const scale = name === "relu" ? 1.7 : 0.7;
    const inputs = [draw(3, 2, 3), draw(2, 2, 4), draw(2, 2, 4), ...layer.parameters()].map((t) =>
      t.detach().mul(scale),
    );
    const f = (x: Tensor, h: Tensor, c: Tensor, ...weights: Tensor[]): Tensor => {
      const [output, hidden, memory] = withWeights(layer, weights, () => run(layer, x, h, c));
      return [hidden, memory].reduce<Tensor>((sum, t) => (t === undefined ? sum : sum.add(t.square().sum())), output as Tensor); // prettier-ignore
    };
    const used = layer instanceof LSTM ? inputs : [inputs[0], inputs[1], ...inputs.slice(3)];
    const g = layer instanceof LSTM ? f : (x: Tensor, h: Tensor, ...rest: Tensor[]) => f(x, h, h, ...rest);
    expect(gradcheck(g as (...t: Tensor[]) => Tensor, used as Tensor[]).passed).toBe(true);
    const small = layers[name]({});
    const second = (x: Tensor, h: Tensor): Tensor => run(small, x, h, h)[0] as Tensor;
    expect(gradcheck(second, [draw(2, 1, 3), draw(1, 1, 4)], { order: 2 }).passed).toBe(true);
  });

  it("drops between layers in training only", () => {
    const layer = layers[name]({ numLayers: 2, dropout: 0.5 });
    const x = draw(4, 2, 3);
    const once = run(layer, x)[0]?.toArray();
    expect(run(layer, x)[0]?.toArray()).not.toEqual(once);
    layer.eval();
    const still = run(layer, x)[0]?.toArray();
    expect(run(layer, x)[0]?.toArray()).toEqual(still);
    const zero = layers[name]({ numLayers: 2 });
    zero.loadStateDict(layer.stateDict());
    expect(run(zero, x)[0]?.toArray()).toEqual(still);
  });

  it("reads no values", () => {
    const symbolic = (shape: readonly number[]): Tensor =>
      new TensorClass({ dtype: "float64", data: undefined, version: 0 }, shape);
    const layer = layers[name]({ numLayers: 2, bidirectional: true, dropout: 0.1 });
    const [output] = withTracer({ record: (_name, _inputs, _attrs, outputs) => outputs.map(({ shape }) => symbolic(shape)) }, () => run(layer, symbolic([3, 2, 3]))); // prettier-ignore
    expect(output?.shape).toEqual([3, 2, 8]);
    expect(output?.storage.data).toBeUndefined();
  });
});

/** Calls `fn` while the weights of the layer are others. */
function withWeights<T>(layer: RNN | LSTM | GRU, weights: readonly Tensor[], fn: () => T): T {
  const cells = layer.weights as unknown as Record<string, Tensor>[];
  const saved = cells.map((cell) => ({ ...cell }));
  const queue = [...weights];
  for (const cell of cells) for (const key of Object.keys(cell)) cell[key] = queue.shift() as Tensor;
  try {
    return fn();
  } finally {
    cells.forEach((cell, i) => Object.assign(cell, saved[i]));
  }
}

describe("recurrent cells", () => {
  it.each<readonly [RNNCell | LSTMCell | GRUCell, RNN | LSTM | GRU]>([
    [new RNNCell(3, 4, { generator }), new RNN(3, 4)],
    [new RNNCell(3, 4, { activation: "relu", bias: false }), new RNN(3, 4, { activation: "relu", bias: false })],
    [new LSTMCell(3, 4, { generator }), new LSTM(3, 4)],
    [new GRUCell(3, 4, { generator }), new GRU(3, 4)],
    [new GRUCell(3, 4, { resetAfter: false }), new GRU(3, 4, { resetAfter: false })],
  ])("%s is a step of its layer", (cell, layer) => {
    const dict = Object.entries(cell.stateDict()).map(([key, value]) => [`${key}_l0`, value] as const);
    layer.loadStateDict(Object.fromEntries(dict));
    const x = randn([2, 2, 3], { generator });
    const want = run(layer, x)[0];
    const first = cell.forward(x.slice(0)) as Tensor & readonly [Tensor, Tensor];
    const second = (cell as LSTMCell).forward(x.slice(1), first);
    const h = Array.isArray(second) ? (second[0] as Tensor) : (second as unknown as Tensor);
    expect(h.toArray()).toEqual(want?.slice(1).toArray());
    expect(String(cell)).toContain("3, 4");
  });

  it("start from U(±1/√hidden), with PyTorch's keys in its order", () => {
    const layer = new LSTM(3, 4, { numLayers: 2, bidirectional: true, generator });
    const keys = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
    const suffixes = ["_l0", "_l0_reverse", "_l1", "_l1_reverse"];
    expect(Object.keys(layer.stateDict())).toEqual(suffixes.flatMap((suffix) => keys.map((key) => key + suffix)));
    expect([...layer.namedParameters()].map(([key]) => key).slice(0, 5)).toEqual([
      "weightIhL0",
      "weightHhL0",
      "biasIhL0",
      "biasHhL0",
      "weightIhL0Reverse",
    ]);
    expect(layer.stateDict()["weight_ih_l1"]?.shape).toEqual([16, 8]);
    for (const parameter of layer.parameters()) {
      expect(parameter.abs().max().item()).toBeLessThanOrEqual(0.5);
      expect(parameter.abs().max().item()).toBeGreaterThan(0.3);
    }
    expect(String(layer)).toContain("3, 4, numLayers=2, bidirectional=true");
  });
});

describe("recurrent errors", () => {
  const weights = { weightIh: zeros([4, 3]), weightHh: zeros([4, 4]) };
  const [x, h] = [zeros([2, 3]), zeros([2, 4])];
  it.each<readonly [() => unknown, string]>([
    [() => functional.rnnCell(zeros([2, 2]), h, weights), "rnnCell: expected input of shape [..., 3], got [2, 2]."],
    [() => functional.rnnCell(x, zeros([1, 4]), weights), "rnnCell: expected state h of shape [2, 4], got [1, 4]."],
    [() => functional.rnnCell(x, h, weights, { activation: "gelu" as "relu" }), 'rnnCell: expected activation "tanh" or "relu", got "gelu".'],
    [() => functional.rnnCell(x, h, { ...weights, weightHh: zeros([4]) }), "rnnCell: expected weightHh of shape [hidden, hidden], got [4]."],
    [() => functional.rnnCell(x, h, { ...weights, weightIh: zeros([5, 3]) }), "rnnCell: expected weightIh of shape [4, in], got [5, 3]."],
    [() => functional.rnnCell(x, h, { ...weights, biasHh: zeros([3]) }), "rnnCell: expected biasHh of shape [4], got [3]."],
    [() => functional.lstmCell(x, [h, h], weights), "lstmCell: expected weightHh of shape [16, 4], got [4, 4]."],
    [() => functional.lstmCell(x, [h, zeros([4])], { weightIh: zeros([16, 3]), weightHh: zeros([16, 4]) }), "lstmCell: expected state c of shape [2, 4], got [4]."],
    [() => functional.gruCell(x, h, weights), "gruCell: expected weightHh of shape [12, 4], got [4, 4]."],
    [() => functional.gruCell(x, h, weights, { reset: true } as object), 'gruCell: expected options resetAfter, got "reset".'],
    [() => new RNNCell(0, 1), "RNNCell: expected inputSize to be a whole number of at least 1, got 0."],
    [() => new LSTMCell(1, 0.5), "LSTMCell: expected hiddenSize to be a whole number of at least 1, got 0.5."],
    [() => new GRUCell(1, 1, { dtype: "int32" as "float32" }), "GRUCell: expected dtype float32 or float64, got int32."],
    [() => new RNN(1, 1, { activation: "gelu" as "relu" }), 'RNN: expected activation "tanh" or "relu", got "gelu".'],
    [() => new LSTM(1, 1, { numLayers: 0 }), "LSTM: expected numLayers to be a whole number of at least 1, got 0."],
    [() => new GRU(1, 1, { dropout: 2 }), "GRU: expected a rate in [0, 1], got 2."],
    [() => new LSTM(1, 1, { layers: 2 } as object), 'LSTM: expected options numLayers, bidirectional, batchFirst, dropout, bias, generator, dtype, got "layers".'],
    [() => new GRU(3, 4).forward(zeros([2, 3, 5])), "GRU: expected input of shape [time, batch, 3], got [2, 3, 5]."],
    [() => new GRU(3, 4, { batchFirst: true }).forward(zeros([3])), "GRU: expected input of shape [batch, time, 3], got [3]."],
    [() => new LSTM(3, 4).forward(zeros([0, 2, 3])), "LSTM: expected a sequence of at least one step, got [0, 2, 3]."],
    [() => new RNN(3, 4).forward(zeros([5, 2, 3]), zeros([2, 4])), "RNN: expected state h of shape [1, 2, 4], got [2, 4]."],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});
