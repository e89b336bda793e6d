import { GRU, LSTM, type Module, MultiHeadAttention, RNN } from "@tapegrad/nn";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { compile } from "../src/index.ts";

const generator = new Generator(21);
const options = { dtype: "float64", generator } as const;
const x = randn([4, 2, 6], options);

/** A layer, and its first output. */
type Carrier = readonly [layer: Module<[Tensor], unknown>, run: (x: Tensor) => Tensor];
const recurrent = (layer: RNN | LSTM | GRU): Carrier => [layer as Carrier[0], (t) => layer.forward(t)[0]];

const layers: Readonly<Record<string, () => Carrier>> = {
  "RNN with layer norm": () => recurrent(new RNN(6, 4, { ...options, layerNorm: true })),
  "LSTM with layer norm": () => recurrent(new LSTM(6, 4, { ...options, layerNorm: true, numLayers: 2 })),
  "GRU with layer norm": () => recurrent(new GRU(6, 4, { ...options, layerNorm: true, bidirectional: true })),
  "GRU of the paper with layer norm": () =>
    recurrent(new GRU(6, 4, { ...options, layerNorm: true, resetAfter: false })),
  "attention with QK-norm": () => {
    const layer = new MultiHeadAttention(6, 2, { ...options, qkScale: 3 });
    return [layer as unknown as Carrier[0], (t) => layer.forward(t)];
  },
};

it.each(Object.keys(layers))("%s: compiled outputs and gradients are those of eager ones", (name) => {
  const [layer, run] = layers[name]!();
  const results = (by: (t: Tensor) => Tensor): number[][] => {
    layer.zeroGrad();
    const y = by(x);
    return [y, ...layer.parameters().map((p) => p.grad!)].map((t) => Array.from(t.data));
  };
  const loss = (t: Tensor): Tensor => {
    const y = run(t);
    y.square().sum().backward();
    return y.detach();
  };
  const want = results(loss);
  const step = compile(loss);
  for (const got of [results(step), results(step)]) {
    want.forEach((numbers, i) => numbers.forEach((value, k) => expect(got[i]![k]).toBeCloseTo(value, 10)));
  }
});
