import { functional, GRU, LSTM, RNN } from "@tapegrad/nn";
import { randn, type Tensor, tensor } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { exportOnnx, loadOnnx } from "../../src/index.ts";
import { expectSameOutputs } from "./expect-same-outputs.ts";

const mask = tensor([[1, 0], [1, 1], [0, 1]]).ne(0); // prettier-ignore
const other = tensor([[0, 0], [1, 1], [1, 0]]).ne(0); // prettier-ignore
const lstm = new LSTM(3, 4, { bidirectional: true, numLayers: 2 });
const narrow = new LSTM(3, 4, { projectionSize: 2, numLayers: 2 });
const gru = new GRU(3, 4, { zeroOutputForMask: true });
const rnn = new RNN(3, 4);
const { packPaddedSequence, padPackedSequence } = functional;

// No operator has a mask, a projection or packed sequences.
it.each<readonly [string, (x: Tensor, m: Tensor) => readonly Tensor[]]>([
  ["a mask of an LSTM", (x, m) => [lstm.forward(x, undefined, m)[0], ...lstm.forward(x, undefined, m)[1]]],
  ["a mask of a GRU", (x, m) => gru.forward(x, undefined, m)],
  ["a mask of an RNN", (x, m) => rnn.forward(x, undefined, m)],
  ["a projection", (x, m) => [narrow.forward(x)[0], m]],
  ["packed sequences", (x, m) => [padPackedSequence(lstm.forward(packPaddedSequence(x, [3, 2]))[0])[0], m]],
])("exports %s as what it is made of", (_, run) => {
  const bytes = exportOnnx(run, [randn([3, 2, 3]), mask], { dynamicBatch: false });
  const imported = loadOnnx(bytes);
  expect(new TextDecoder("latin1").decode(bytes)).not.toMatch(/LSTM|GRU|RNN/);
  for (const each of [mask, other]) {
    const x = randn([3, 2, 3]);
    const got: unknown = imported.forward(x, each);
    expectSameOutputs(got as readonly Tensor[], run(x, each));
  }
});
