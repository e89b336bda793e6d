import "@tapegrad/autograd";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Embedding,
  Flatten,
  GELU,
  LayerNorm,
  LSTM,
  MaxPool2d,
  type Module,
  MultiHeadAttention,
  ReLU,
  Sequential,
  TransformerEncoderLayer,
} from "@tapegrad/nn";
import { manualSeed, randint, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.ts";
import { exportWasm } from "../../src/export-wasm.ts";
import { loadWasm } from "../../src/loader.ts";

interface Net {
  eval(): unknown;
  stateDict(): Readonly<Record<string, Tensor>>;
}

/** A network, what runs it, and what it takes. */
interface Row {
  readonly net: Net;
  readonly forward: (x: Tensor) => Tensor;
  readonly input: () => Tensor;
}

function row<M extends Net>(net: M, input: () => Tensor, forward: (net: M, x: Tensor) => Tensor): Row {
  return { net, input, forward: (x) => forward(net, x) };
}

const layers = (input: () => Tensor, ...modules: Module[]): Row =>
  row(new Sequential(...modules), input, (net, x) => net.forward(x));

const rows: Readonly<Record<string, () => Row>> = {
  "an MLP": () =>
    layers(() => randn([3, 64]), new Dense(64, 64), new ReLU(), new Dense(64, 32), new GELU(), new Dense(32, 10)),
  "a layer in float64": () => layers(() => randn([2, 5]).to("float64"), new Dense(5, 3).to("float64")),
  "a CNN": () => {
    const [convolution, norm, pool] = [new Conv2d(1, 6, 3), new BatchNorm(6), new MaxPool2d(2)];
    return layers(() => randn([2, 1, 8, 8]), convolution, norm, new ReLU(), pool, new Flatten(), new Dense(54, 10));
  },
  "an LSTM": () =>
    row(
      new LSTM(5, 8, { numLayers: 2 }),
      () => randn([4, 2, 5]),
      (net, x) => net.forward(x)[0],
    ),
  "a transformer": () =>
    layers(() => randint(0, 11, [2, 7]), new Embedding(11, 16), new TransformerEncoderLayer(16, 2), new LayerNorm(16)),
  attention: () =>
    row(
      new MultiHeadAttention(12, 3),
      () => randn([5, 2, 12]),
      (net, x) => net.forward(x),
    ),
};

describe("exportWasm", () => {
  it.each(Object.entries(rows))("gives the bits of the compiled function: %s", async (_, make) => {
    manualSeed(1);
    const { net, forward, input } = make();
    net.eval();
    const predict = compile(forward, { deterministic: true });
    const { wasm, describe: description } = exportWasm(predict, [input()], { state: net });
    const module = new WebAssembly.Module(wasm);
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    const loaded = await loadWasm(module);
    expect(loaded.describe).toEqual(description);
    for (let i = 0; i < 3; i++) {
      const x = input();
      expect(loaded.run(x.data)).toEqual([predict(x).data]);
    }
    const dict = net.stateDict();
    expect(Object.keys(loaded.state)).toEqual(
      Object.keys(dict).filter((name) => !name.endsWith("num_batches_tracked")),
    );
    for (const [name, elements] of Object.entries(loaded.stateDict()))
      expect(elements).toEqual(dict[name]!.data.slice());
  });
});
