import { grad, gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { functional, GRU, LSTM, RNN } from "../../src/index.ts";

const { packPaddedSequence, padPackedSequence, packSequence, unpadSequence } = functional;

/** What `make-packed-fixtures.py` had from PyTorch 1.13. */
interface Fixture {
  readonly layer: "RNN" | "GRU" | "LSTM";
  readonly options: { readonly batchFirst?: boolean; readonly bidirectional?: boolean };
  readonly lengths: readonly number[];
  readonly sort: boolean;
  readonly weights: Readonly<Record<string, number[]>>;
  readonly x: number[];
  readonly given: readonly number[][];
  readonly batchSizes: readonly number[];
  readonly results: readonly number[][];
  readonly cotangents: readonly number[][];
  readonly gradients: { readonly given: readonly number[][]; readonly [name: string]: readonly number[][] };
}
const fixtures = JSON.parse(readFileSync(new URL("packed.json", import.meta.url), "utf8")) as readonly Fixture[];

const f64 = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "float64", requiresGrad: true });
const state = (given: readonly Tensor[]): [Tensor, Tensor] | undefined =>
  given.length === 2 ? [given[0]!, given[1]!] : undefined;

describe("packed sequences are those of PyTorch", () => {
  it.each(fixtures)("$layer $options of lengths $lengths", (fixture) => {
    const { layer: name, options, lengths, sort, weights } = fixture;
    const layer = new { RNN, GRU, LSTM }[name](3, 3, { ...options, dtype: "float64" });
    const dict = Object.fromEntries(Object.entries(weights).map(([key, value]) => [key, f64(value)]));
    expect(Object.keys(layer.stateDict())).toEqual(Object.keys(weights));
    layer.loadStateDict(dict);
    const [x, given] = [f64(fixture.x), fixture.given.map(f64)];
    const packed = packPaddedSequence(x, lengths, { batchFirst: options.batchFirst ?? false, enforceSorted: !sort });
    const [output, last] =
      layer instanceof LSTM ? layer.forward(packed, state(given)) : layer.forward(packed, given[0]);
    expect(output.batchSizes).toEqual(fixture.batchSizes);
    const results = [output.data, last].flat() as Tensor[];
    results.forEach((result, i) => expectClose(result, fixture.results[i]!));
    const loss = results
      .map((result, i) => result.mul(f64(fixture.cotangents[i]!).detach()).sum())
      .reduce((a, b) => a.add(b));
    const { given: ofGiven, ...named } = fixture.gradients;
    const parameters = Object.fromEntries(layer.namedParameters());
    const keys = Object.keys(layer.stateDict());
    const gradients = grad(loss, [x, ...given, ...Object.values(parameters)]);
    const wanted = [named["x"]!, ...ofGiven, ...keys.map((key) => named[key]!)];
    gradients.forEach((gradient, i) => expectClose(gradient, wanted[i]!));
    expect(gradients.length).toBe(wanted.length);
  });
});

const draw = drawer(23);
const generator = new Generator(5);
const options = { dtype: "float64", bidirectional: true, generator } as const;
const layers = {
  RNN: new RNN(3, 2, { ...options, numLayers: 2 }),
  GRU: new GRU(3, 2, { ...options, numLayers: 2, resetAfter: false }),
  LSTM: new LSTM(3, 2, { ...options, projectionSize: 1 }),
  "RNN with layer norm": new RNN(3, 2, { ...options, layerNorm: true }),
  "GRU with layer norm": new GRU(3, 2, { ...options, layerNorm: true }),
  "LSTM with layer norm": new LSTM(3, 2, { ...options, numLayers: 2, layerNorm: true, projectionSize: 1 }),
};

describe.each(Object.entries(layers))("packed %s", (_, layer) => {
  const lengths = [1, 3];
  const rows = 2 * layer.numLayers;
  const [x, h, c] = [draw(3, 2, 3), draw(rows, 2, layer instanceof LSTM ? 1 : 2), draw(rows, 2, 2)];
  const run = (
    sequence: functional.PackedSequence,
    first: Tensor,
    memory: Tensor,
  ): readonly [functional.PackedSequence, readonly Tensor[]] => {
    if (!(layer instanceof LSTM)) {
      const [output, last] = layer.forward(sequence, first);
      return [output, [last]];
    }
    return layer.forward(sequence, [first, memory]);
  };

  it("is each sequence alone", () => {
    const [output, last] = run(packPaddedSequence(x, lengths, { enforceSorted: false }), h, c);
    const outputs = functional.unpackSequence(output);
    for (const [i, sequence] of unpadSequence(x, lengths).entries()) {
      const alone = [h, c].map((t) => t.slice([], [i, i + 1]));
      const [own, end] = run(packSequence([sequence]), alone[0]!, alone[1]!);
      expectClose(outputs[i], own.data);
      last.forEach((t, s) => expectClose(t.slice([], [i, i + 1]), end[s]!));
    }
  });

  it("has derivatives of first and second order", () => {
    const f = (padded: Tensor, ...states: Tensor[]): Tensor => {
      const packed = packPaddedSequence(padded, lengths, { enforceSorted: false });
      const [output, last] = run(packed, states[0]!, states[1] ?? states[0]!);
      return last.reduce((sum, t) => sum.add(t.square().sum()), output.data);
    };
    expect(gradcheck(f, layer instanceof LSTM ? [x, h, c] : [x, h]).passed).toBe(true);
    const last = (states: Tensor): Tensor => f(x, states, layer instanceof LSTM ? c : states);
    expect(gradcheck(last, [h], { order: 2 }).passed).toBe(true);
  });
});

describe("packed sequences in layers", () => {
  it("drop between layers in training only, with a number for each element", () => {
    const layer = new GRU(3, 4, { numLayers: 2, dropout: 0.5, generator: new Generator(1) });
    const packed = packSequence([randn([3, 3]), randn([2, 3])]);
    const trained = layer.forward(packed)[0].data.toArray();
    expect(layer.forward(packed)[0].data.toArray()).not.toEqual(trained);
    layer.eval();
    const still = layer.forward(packed)[0].data.toArray();
    expect(layer.forward(packed)[0].data.toArray()).toEqual(still);
    expect(still).not.toEqual(trained);
    // A first layer of ones, and a second one that sums them up.
    const init = { init: "zeros", recurrentInit: "zeros", recurrentBiasInit: "zeros", biasInit: "ones" } as const;
    const ones = new RNN(1, 64, { ...init, numLayers: 2, dropout: 0.5, activation: "relu" });
    ones.loadStateDict({ ...ones.stateDict(), weight_ih_l1: zeros([64, 64]).add(1), bias_ih_l1: zeros([64]) });
    const sums = ones
      .forward(packSequence([zeros([3, 1]), zeros([1, 1])]))[0]
      .data.slice([], 0)
      .toArray() as number[];
    expect(sums).toHaveLength(4);
    expect(new Set(sums).size).toBeGreaterThan(1);
    for (const sum of sums) expect(Math.abs(sum - 64)).toBeLessThan(48);
  });

  it("keep their order and other fields, and ignore batchFirst", () => {
    const layer = new RNN(2, 3);
    const first = new RNN(2, 3, { batchFirst: true });
    first.loadStateDict(layer.stateDict());
    const packed = packSequence([randn([1, 2]), randn([3, 2])], { enforceSorted: false });
    const [output] = layer.forward(packed);
    expect(output.sortedIndices).toBe(packed.sortedIndices);
    expect(output.unsortedIndices).toBe(packed.unsortedIndices);
    expect(first.forward(packed)[0].data.toArray()).toEqual(output.data.toArray());
    // Functions of elements go around the data.
    const [padded] = padPackedSequence({ ...output, data: output.data.square() });
    expectClose(padded, padPackedSequence(output)[0].square());
  });

  it.each<readonly [() => unknown, string | RegExp]>([
    [() => new RNN(2, 3).forward(packSequence([zeros([4, 5])])), "RNN: expected packed data of shape [steps, 2], got [4, 5]."],
    [() => new RNN(2, 3).forward(packSequence([zeros([4])])), "RNN: expected packed data of shape [steps, 2], got [4]."],
    [() => new GRU(2, 3).forward(packSequence([zeros([4, 2])]), zeros([1, 2, 3])), "GRU: expected state h of shape [1, 1, 3], got [1, 2, 3]."],
    [() => new GRU(2, 3).forward(packSequence([zeros([4, 2])]) as never, undefined, zeros([4, 1]).eq(0)), "GRU: expected no mask with a packed sequence, got one."],
    [() => new LSTM(2, 3).forward(packSequence([zeros([4, 2], { dtype: "float64" })])), 'LSTM: expected input and weight of one numeric dtype, got float64 and float32. Convert with to("float32").'],
    [() => new LSTM(2, 3).forward({ data: zeros([4, 2]) } as never), "LSTM.forward: expected x to be a tensor or a packed sequence, got { data: a Tensor }."],
    [() => new RNN(2, 3).forward({ data: zeros([4, 2]), batchSizes: [2, 3] }), "RNN: expected x.batchSizes that never grow, got [2, 3]."],
    [() => new RNN(2, 3).forward({ data: zeros([4, 2]), batchSizes: [] }), "RNN: expected x.batchSizes that never grow, got []."],
    [() => new RNN(2, 3).forward({ data: zeros([4, 2]), batchSizes: [2, 1] }), "RNN: expected x.data of shape [3, ...], as many as batchSizes add up to, got [4, 2]."],
    [() => new RNN(2, 3).forward({ data: zeros([4, 2]), batchSizes: [4, 0] }), "RNN: expected x.batchSizes to be a list of values, each a whole number ≥ 1, got [4, 0]."],
    [() => new RNN(2, 3).forward({ data: zeros([1, 2]), batchSizes: [1], sortedIndices: tensor([0], { dtype: "int32" }) }), "RNN: expected x with sortedIndices and unsortedIndices or with neither, got one of them."],
  ])("are refused: %#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore

  it("are refused by name of the error", () => {
    expect(() => packPaddedSequence(zeros([2, 2]), [1, 0])).toThrow(ValueError);
  });
});
