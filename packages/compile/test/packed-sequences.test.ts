import { functional, GRU, LSTM, RNN } from "@tapegrad/nn";
import { assign, Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const { packPaddedSequence, padPackedSequence, unpackSequence } = functional;

const options = { dtype: "float64", numLayers: 2, bidirectional: true, generator: new Generator(3) } as const;
const layers = {
  RNN: new RNN(3, 4, options),
  GRU: new GRU(3, 4, { ...options, layerNorm: true }),
  LSTM: new LSTM(3, 4, { ...options, projectionSize: 2 }),
};
const generator = new Generator(8);
const draw = (...shape: number[]): Tensor => randn(shape, { generator, dtype: "float64" });
const close = { atol: 1e-10 } as const;

/** Outputs, a last state and the gradients of a step of training that the function makes. */
function grown(layer: RNN | GRU | LSTM, run: () => readonly Tensor[]): readonly Tensor[] {
  const results = run();
  const gradients = layer.parameters().map((p) => p.grad!);
  for (const p of layer.parameters()) p.grad = undefined;
  return [...results, ...gradients];
}

describe.each(Object.entries(layers))("compiled %s", (_, layer) => {
  const lossOf = (output: Tensor, last: Tensor): Tensor => output.square().sum().add(last.sin().sum());
  const stateOf = (last: Tensor | functional.LSTMState): Tensor => (Array.isArray(last) ? last[1] : last) as Tensor;

  it("takes and gives packed sequences, whose sizes are facts of a plan and whose order is not", () => {
    const step = (packed: functional.PackedSequence): [functional.PackedSequence, Tensor] => {
      const [output, last] = layer instanceof LSTM ? layer.forward(packed) : layer.forward(packed);
      const state = stateOf(last);
      lossOf(output.data, state).backward();
      return [{ ...output, data: output.data.detach() }, state.detach()];
    };
    const compiled = compile(step);
    const builds: number[] = [];
    for (const lengths of [[2, 4, 1], [4, 1, 2], [3, 3, 1], [1, 2, 4]]) {
      const packed = packPaddedSequence(draw(4, 3, 3), lengths, { enforceSorted: false });
      const all = [step, compiled].map((fn) =>
        grown(layer, () => {
          const [output, last] = fn(packed);
          expect(output.batchSizes).toEqual(packed.batchSizes);
          expect(output.unsortedIndices?.toArray()).toEqual(packed.unsortedIndices?.toArray());
          return [output.data, last];
        }),
      );
      all[0]!.forEach((wanted, i) => expectClose(all[1]![i], wanted, close));
      builds.push(compiled.builds);
    }
    expect(builds).toEqual([1, 1, 2, 2]);
  }); // prettier-ignore

  it("packs inside of the function, by lengths that are facts of the plan", () => {
    const step = (x: Tensor, lengths: readonly number[]): Tensor[] => {
      const packed = packPaddedSequence(x, lengths, { enforceSorted: false });
      const [output, last] = layer instanceof LSTM ? layer.forward(packed) : layer.forward(packed);
      const [padded, back] = padPackedSequence(output, { totalLength: 5 });
      lossOf(padded, stateOf(last)).backward();
      return [padded.detach(), back, ...unpackSequence(output).map((t) => t.detach())];
    };
    const compiled = compile(step);
    for (const lengths of [[2, 4, 1], [1, 4, 2]]) {
      const x = draw(4, 3, 3);
      const all = [step, compiled].map((fn) => grown(layer, () => fn(x, lengths)));
      expect(all[1]!.length).toBe(5 + layer.parameters().length);
      expect(all[1]![1]!.toArray()).toEqual(lengths);
      all[0]!.forEach((wanted, i) => expectClose(all[1]![i], wanted, close));
    }
    expect(compiled.builds).toBe(2);
  }); // prettier-ignore

  it("takes masks, whose elements are not facts", () => {
    const step = (x: Tensor, mask: Tensor): Tensor[] => {
      const [output, last] = layer instanceof LSTM ? layer.forward(x, undefined, mask) : layer.forward(x, undefined, mask);
      lossOf(output, stateOf(last)).backward();
      return [output.detach(), stateOf(last).detach()];
    };
    const compiled = compile(step);
    for (const rows of [[[1, 0], [1, 1], [0, 1]], [[0, 0], [0, 1], [0, 0]], [[1, 1], [1, 1], [1, 1]]]) {
      const [x, mask] = [draw(3, 2, 3), tensor(rows).ne(0)];
      const all = [step, compiled].map((fn) => grown(layer, () => fn(x, mask)));
      all[0]!.forEach((wanted, i) => expectClose(all[1]![i], wanted, close));
    }
    expect(compiled.builds).toBe(1);
  }); // prettier-ignore
});

it("drops the same outputs between layers of packed sequences", () => {
  const make = (): ((packed: functional.PackedSequence) => Tensor) => {
    const layer = new GRU(3, 4, { numLayers: 2, dropout: 0.5, generator: new Generator(6) });
    return (packed) => layer.forward(packed)[0].data.detach();
  };
  const [eager, compiled] = [make(), compile(make())];
  for (const lengths of [[3, 1], [3, 1], [4, 4]]) {
    const packed = packPaddedSequence(randn([4, 2, 3]), lengths);
    expectClose(compiled(packed), eager(packed), { atol: 1e-5 });
  }
}); // prettier-ignore

it("captured lengths are facts of the plan as well", () => {
  const lengths = tensor([2, 1], { dtype: "int32" });
  const pack = (x: Tensor): Tensor => packPaddedSequence(x, lengths).data;
  const compiled = compile(pack);
  const x = draw(3, 2);
  for (const now of [[2, 1], [2, 1], [3, 2]]) {
    assign(lengths, tensor(now, { dtype: "int32" }));
    expect(compiled(x).toArray()).toEqual(pack(x).toArray());
  }
  expect(compiled(x).shape).toEqual([5]);
}); // prettier-ignore

it("what only a run knows cannot say shapes", () => {
  const packed = packPaddedSequence(draw(4, 3, 3), [2, 4, 1], { enforceSorted: false });
  expect(() => compile((p: functional.PackedSequence) => unpackSequence(p))(packed)).toThrow("toArray: expected");
  const lengths = tensor([2, 1], { dtype: "int32" });
  expect(() => compile((x: Tensor, l: Tensor) => packPaddedSequence(x, l).data)(draw(3, 2), lengths)).toThrow(
    "toArray: expected",
  );
});
