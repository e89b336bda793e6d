import { grad, gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor, where, zeros } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional, GRU, LSTM, RNN } from "../../src/index.ts";
import { plain, steps } from "./plain-recurrent.ts";

const generator = new Generator(11);
const draw = drawer(29);
const options = { dtype: "float64", generator } as const;
type Layer = RNN | LSTM | GRU;

const layers = {
  tanh: (more: object) => new RNN(3, 2, { ...options, ...more }),
  relu: (more: object) => new RNN(3, 2, { ...options, activation: "relu", ...more }),
  lstm: (more: object) => new LSTM(3, 2, { ...options, ...more }),
  gru: (more: object) => new GRU(3, 2, { ...options, ...more }),
  "gru of the paper": (more: object) => new GRU(3, 2, { ...options, resetAfter: false, ...more }),
} as const;

/** Output and last states. */
function run(layer: Layer, x: Tensor, states: readonly Tensor[], mask?: Tensor): readonly Tensor[] {
  const [h, c] = states;
  if (!(layer instanceof LSTM)) return layer.forward(x, h, mask);
  const [output, last] = layer.forward(x, h && [h, c!], mask);
  return [output, ...last];
}

/** Truth from ones, a string for each sequence of the batch: `[time, batch]`. */
const maskOf = (...rows: readonly string[]): Tensor =>
  tensor(rows.map((row) => [...row].map(Number)))
    .ne(0)
    .transpose();
// Padded at the right, at the left, with holes, everything, nothing.
const mask = maskOf("11000", "00111", "01001", "11111", "00000");
const counts = (mask.toArray() as number[][]).map((row) => row.map(Boolean));
const array = (t: Tensor): number[][][] => t.toArray() as number[][][];

describe.each(Object.keys(layers) as (keyof typeof layers)[])("masks of %s", (name) => {
  it.each([
    {},
    { numLayers: 2 },
    { zeroOutputForMask: true },
    { bidirectional: true },
    { bidirectional: true, zeroOutputForMask: false },
    { numLayers: 2, bidirectional: true, zeroOutputForMask: true },
  ])("agree with scalars: %j", (more: { zeroOutputForMask?: boolean; bidirectional?: boolean }) => {
    const layer = layers[name](more);
    const directions = layer.bidirectional ? 2 : 1;
    const rows = layer.numLayers * directions;
    const [x, h, c] = [draw(5, 5, 3), draw(rows, 5, 2), draw(rows, 5, 2)] as [Tensor, Tensor, Tensor];
    // Keras' Bidirectional has zeros whatever its layer has.
    const zeroOutput = more.zeroOutputForMask ?? layer.bidirectional;
    for (const [first, memory] of [[h, c], [h.mul(0), c.mul(0)]] as const) {
      const dict = layer.stateDict();
      const want = plain(steps[name]!, array(x), array(first), array(memory), dict, directions, { counts, zeroOutput });
      const got = run(layer, x, [first, memory], mask);
      expectClose(got[0], want.output);
      expectClose(got[1], want.h);
      if (layer instanceof LSTM) expectClose(got[2], want.c);
    }
  }); // prettier-ignore

  it("lie as their sequences", () => {
    const layer = layers[name]({ numLayers: 2 });
    const first = layers[name]({ numLayers: 2, batchFirst: true });
    first.loadStateDict(layer.stateDict());
    const x = draw(5, 5, 3);
    const [want, h] = run(layer, x, [], mask);
    const [got, hFirst] = run(first, x.transpose(0, 1), [], mask.transpose(0, 1));
    expect(got!.transpose(0, 1).toArray()).toEqual(want!.toArray());
    expect(hFirst!.toArray()).toEqual(h!.toArray());
    for (const each of [layer, first]) {
      const [y, state] = run(each, x.slice([], 2), [], mask.slice([], 2));
      expectClose(y, want!.slice([], 2));
      expectClose(state, h!.slice([], 2));
    }
  });

  it("change nothing where all counts", () => {
    const layer = layers[name]({ bidirectional: true });
    const x = draw(3, 2, 3);
    const all = zeros([3, 2]).eq(0);
    expect(run(layer, x, [], all).map((t) => t.toArray())).toEqual(run(layer, x, []).map((t) => t.toArray()));
  });
});

const normed = { ...options, layerNorm: true, bidirectional: true, numLayers: 2 } as const;
const variants: Readonly<Record<string, Layer>> = {
  "RNN with layer norm": new RNN(3, 2, normed),
  "GRU with layer norm": new GRU(3, 2, normed),
  "LSTM with layer norm": new LSTM(3, 2, { ...normed, biasInit: "uniform" }),
  "LSTM with projection": new LSTM(3, 2, { ...options, bidirectional: true, numLayers: 2, projectionSize: 1 }),
  GRU: new GRU(3, 2, options),
};

describe.each(Object.entries(variants))("masked %s", (_, layer) => {
  const rows = layer.weights.length;
  const out = layer instanceof LSTM && layer.options.projectionSize === 1 ? 1 : 2;
  const states = layer instanceof LSTM ? [draw(rows, 5, out), draw(rows, 5, 2)] : [draw(rows, 5, 2)];
  const x = draw(5, 5, 3);

  it("is each sequence without what is masked", () => {
    const [output, ...last] = run(layer, x, states, mask);
    for (let i = 0; i < 5; i++) {
      const times = [0, 1, 2, 3, 4].filter((t) => counts[t]![i]);
      const own = states.map((t) => t.slice([], [i, i + 1]));
      const ends = last.map((t) => t.slice([], [i, i + 1]));
      if (times.length === 0) {
        ends.forEach((end, s) => expectClose(end, own[s]!));
        expectClose(output!.slice([], i), zeros([5, output!.shape[2]!], { dtype: "float64" }));
        continue;
      }
      const index = tensor(times, { dtype: "int32" });
      const alone = run(layer, x.slice([], [i, i + 1]).indexSelect(0, index), own);
      expectClose(output!.slice([], [i, i + 1]).indexSelect(0, index), alone[0]!);
      ends.forEach((end, s) => expectClose(end, alone[s + 1]!));
    }
  });

  it("is what is packed, where padding is masked", () => {
    const lengths = [5, 3, 3, 1];
    const padding = maskOf("11111", "11100", "11100", "10000");
    const own = states.map((t) => t.slice([], [0, 4]));
    const some = x.slice([], [0, 4]);
    const [output, ...last] = run(layer, some, own, padding);
    const packed = functional.packPaddedSequence(some, lengths);
    const [h, c] = own;
    const [wanted, end] = layer instanceof LSTM ? layer.forward(packed, [h!, c!]) : layer.forward(packed, h);
    const [padded] = functional.padPackedSequence(wanted);
    expectClose(where(padding.unsqueeze(-1), output!, 0), padded);
    [end].flat().forEach((t, s) => expectClose(last[s], t as Tensor));
  });

  it("has derivatives of first and second order", () => {
    const some = maskOf("101", "011");
    const f = (sequence: Tensor, ...given: Tensor[]): Tensor => {
      const [output, ...last] = run(layer, sequence, given, some);
      return last.reduce((sum, t) => sum.add(t.square().sum()), output!);
    };
    const [sequence, given] = [draw(3, 2, 3), states.map((t) => t.slice([], [0, 2]).detach())];
    expect(gradcheck(f, [sequence, ...given]).passed).toBe(true);
    const last = (h: Tensor): Tensor => f(sequence, h, ...given.slice(1));
    expect(gradcheck(last, [given[0]!], { order: 2 }).passed).toBe(true);
  });

  it("lets nothing through, NaN included", () => {
    const hidden = where(mask.unsqueeze(-1), x, Number.NaN).requiresGrad_(true);
    const clean = x.detach().requiresGrad_(true);
    const gradients = [hidden, clean].map((input) => {
      const [output, ...last] = run(layer, input, states, mask);
      const cotangent = drawer(3)(...output!.shape);
      const loss = last.reduce((sum, t) => sum.add(t.square().sum()), output!.mul(cotangent).sum());
      return grad(loss, [input, ...layer.parameters()]);
    });
    gradients[0]!.forEach((gradient, i) => expect(gradient.toArray()).toEqual(gradients[1]![i]!.toArray()));
    const here = gradients[0]![0]!;
    expect(here.maskedFill(mask.unsqueeze(-1), 0).square().sum().item()).toBe(0);
    expect(here.square().sum().item()).toBeGreaterThan(0);
  });
});

describe("masks of recurrent layers", () => {
  it("keep float32", () => {
    const [output, h] = new GRU(3, 2).forward(randn([5, 5, 3]), undefined, mask);
    expect([output.dtype, h.dtype]).toEqual(["float32", "float32"]);
  });

  it.each<readonly [() => unknown, string]>([
    [() => new RNN(3, 2).forward(zeros([5, 5, 3]), undefined, mask.to("float32")), "RNN: expected a bool mask, got float32. Where 1 counts, pass mask.ne(0)."],
    [() => new GRU(3, 2).forward(zeros([5, 4, 3]), undefined, mask), "GRU: expected a mask of shape [5, 4], got [5, 5]."],
    [() => new LSTM(3, 2, { batchFirst: true }).forward(zeros([2, 4, 3]), undefined, zeros([4, 2]).eq(0)), "LSTM: expected a mask of shape [2, 4], got [4, 2]."],
    [() => new LSTM(3, 2).forward(zeros([4, 3]), undefined, zeros([4, 1]).eq(0)), "LSTM: expected a mask of shape [4], got [4, 1]."],
    [() => new LSTM(3, 2).forward(zeros([4, 2, 3]), undefined, [true] as never), "LSTM.forward: expected mask to be a tensor, got [true]."],
    [() => new RNN(3, 2, { zeroOutputForMask: 1 as unknown as boolean }), "RNN: expected zeroOutputForMask to be true or false, got 1."],
  ])("are refused: %#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});
