import {
  AdditiveAttention,
  Attention,
  BatchNorm,
  Conv2d,
  Dense,
  GRU,
  GRUCell,
  InstanceNorm,
  LSTM,
  LSTMCell,
  Module,
  MultiHeadAttention,
  presets,
  PReLU,
  ReLU,
  RMSNorm,
  RNNCell,
  Sequential,
} from "@tapegrad/nn";
import { assign, Generator, randn, type Tensor } from "@tapegrad/tensor";
import { File as H5File, FS, type Group, ready } from "h5wasm";
import { describe, expect, it } from "vitest";
import { decodeNpz, encodeKerasWeights, encodeNpz, loadKerasWeights } from "../../src/index.ts";

/** A file of HDF5. */
async function hdf5(fill: (file: H5File) => void): Promise<Uint8Array> {
  await ready;
  const file = new H5File("made.h5", "w");
  fill(file);
  file.close();
  return FS!.readFile("made.h5");
}

/** Writes variables by path, as Keras 3 does. */
function variables(root: Group, paths: Readonly<Record<string, readonly Tensor[]>>): void {
  for (const [path, list] of Object.entries(paths)) {
    let group = root;
    for (const name of [...path.split("/"), "vars"])
      group = (group.keys().includes(name) ? group.get(name) : group.create_group(name)) as Group;
    for (const [i, { data, shape }] of list.entries())
      group.create_dataset({ name: String(i), data: data as Float32Array, shape: [...shape] });
  }
}

const generator = new Generator(3);
const draw = (...shape: number[]): Tensor => randn(shape, { generator });
const pair = (inputs: number, units: number): [kernel: Tensor, bias: Tensor] => [draw(inputs, units), draw(units)];
const kernelOf = (layer: unknown): unknown => (layer as Dense).weight.transpose().toArray();

describe("every layer", () => {
  class Cells extends Module {
    rnn: RNNCell = new RNNCell(2, 3);
    lstm: LSTMCell = new LSTMCell(3, 2, { bias: false });
    gru: GRUCell = new GRUCell(2, 3);
    override forward(x: Tensor): Tensor {
      return x;
    }
  }
  class Attentions extends Module {
    product: Attention = new Attention({ useScale: true });
    concat: Attention = new Attention({ useScale: true, scoreMode: "concat" });
    sum: AdditiveAttention = new AdditiveAttention(5);
    constructor() {
      super();
      for (const parameter of this.parameters()) assign(parameter, draw(...parameter.shape));
    }
    override forward(x: Tensor): Tensor {
      return x;
    }
  }
  const layers: Readonly<Record<string, () => Module | LSTM | GRU>> = {
    cells: () => new Cells(),
    "layers on top of each other": () => new LSTM(2, 3, { numLayers: 2 }),
    "both ways, on top of each other": () => new GRU(2, 3, { numLayers: 2, bidirectional: true }),
    "without biases": () => new GRU(2, 3, { bias: false }),
    attention: () => new MultiHeadAttention(6, 3, { keyFeatures: 4, valueFeatures: 5 }),
    "attention without biases": () => new MultiHeadAttention(6, 2, { bias: false }),
    "attention by products and sums": () => new Attentions(),
    "convolutions of groups": () =>
      new Sequential(new Conv2d(4, 6, [2, 3], { groups: 2 }), new Conv2d(6, 6, 2, { groups: 6, bias: false })),
    "norms without gains": () =>
      new Sequential(new BatchNorm(3, { affine: false }), new InstanceNorm(3), new RMSNorm(3), new PReLU()),
    "a layer with an activation": () => new Dense(2, 3, { activation: "relu", bias: false }),
  };

  it.each(Object.keys(layers).flatMap((name) => [[name, "h5"] as const, [name, "npz"] as const]))(
    "goes and comes back: %s as %s",
    async (name, format) => {
      const [from, to] = [layers[name]!(), layers[name]!()];
      const bytes = await encodeKerasWeights(from, { format });
      expect(await loadKerasWeights(bytes, to)).toEqual({ missing: [], unexpected: [] });
      // Of two biases Keras has the sum, so that what Keras would have is what must be equal.
      const again = await encodeKerasWeights(to, { format: "npz" });
      expect(again).toEqual(await encodeKerasWeights(from, { format: "npz" }));
      for (const [key, value] of Object.entries(from.stateDict()))
        if (!key.includes("bias_")) expect([key, to.stateDict()[key]?.toArray()]).toEqual([key, value.toArray()]);
    },
  );

  it("is refused with parameters that Keras has not", async () => {
    for (const options of [{ addBiasKV: true }, { qkScale: 2 }]) {
      await expect(encodeKerasWeights(new MultiHeadAttention(6, 2, options))).rejects.toThrow(
        `encodeKerasWeights: expected parameters of layers that Keras has too, got others: ${"qkScale" in options ? "qk_scale" : "bias_k, bias_v"}.`,
      );
    }
  });

  it("may be of a class that extends one", async () => {
    class Own extends Dense {}
    const [kernel, bias] = pair(2, 3);
    const layer = new Own(2, 3);
    await loadKerasWeights(encodeNpz({ kernel, bias }), layer);
    expect(kernelOf(layer)).toEqual(kernel.toArray());
  });

  it("takes float64 into float32", async () => {
    const [kernel, bias] = pair(2, 3);
    const layer = new Dense(2, 3);
    await loadKerasWeights(encodeNpz({ kernel: kernel.to("float64"), bias: bias.to("float64") }), layer);
    expect([layer.weight.dtype, kernelOf(layer)]).toEqual(["float32", kernel.toArray()]);
  });

  it("moves averages of a BatchNorm, and leaves the counter", async () => {
    const norm = new BatchNorm(2, presets.keras.batchNorm);
    norm.forward(draw(4, 2));
    const [gamma, beta, mean, variance] = [draw(2), draw(2), draw(2), draw(2).square()];
    await loadKerasWeights(encodeNpz({ gamma, beta, mean, variance }), norm);
    expect(Object.values(norm.stateDict()).map((t) => t.toArray())).toEqual(
      [gamma, beta, mean, variance].map((t) => t.toArray()).concat([1 as unknown as number[]]),
    );
  });
});

describe("files of Keras 3", () => {
  it("number layers class by class, whatever stands between and however many", async () => {
    const pairs = Array.from({ length: 12 }, () => pair(2, 2));
    const net = new Sequential(...pairs.flatMap(() => [new Dense(2, 2), new ReLU()]));
    const bytes = await hdf5((file) =>
      variables(file, Object.fromEntries(pairs.map((p, i) => [`layers/dense${i === 0 ? "" : `_${i}`}`, p]))),
    );
    await loadKerasWeights(bytes, net);
    expect(pairs.map((_, i) => kernelOf(net.at(2 * i)))).toEqual(pairs.map(([kernel]) => kernel.toArray()));
  });

  it("may have models within models, which layers says", async () => {
    const [a, b, c] = [pair(2, 2), pair(2, 2), pair(2, 1)];
    const bytes = await hdf5((file) =>
      variables(file, {
        "layers/sequential/layers/dense": a,
        "layers/sequential/layers/dense_1": b,
        "layers/dense": c,
      }),
    );
    const make = (): Sequential => new Sequential(new Sequential(new Dense(2, 2), new Dense(2, 2)), new Dense(2, 1));
    await expect(loadKerasWeights(bytes, make())).rejects.toThrow(
      /^loadKerasWeights: expected kernel of shape \[2, 2\]/,
    );
    const net = make();
    await loadKerasWeights(bytes, net, { layers: { "0": "layers/sequential" } });
    const [inner, head] = [...net] as [Sequential, Dense];
    expect([...inner, head].map(kernelOf)).toEqual([a, b, c].map(([kernel]) => kernel.toArray()));
    await expect(loadKerasWeights(bytes, net, { layers: { "0": "layers/model" } })).rejects.toThrow(
      'loadKerasWeights: expected layers to say paths of the file, got "layers/model". There are: layers/dense, ' +
        "layers/sequential/layers/dense, layers/sequential/layers/dense_1.",
    );
  });

  it("may have layers by the names of their fields, which layers says", async () => {
    const [a, b] = [pair(2, 3), pair(2, 3)];
    const lstm = [draw(2, 8), draw(2, 8), draw(8)];
    const deep = [draw(2, 8), draw(2, 8), draw(8)];
    const bytes = await hdf5((file) =>
      variables(file, { query: a, key: b, "rnn/cell": lstm, "rnn2/cell": deep, optimizer: [draw(3)] }),
    );
    class Net extends Module {
      queries: Dense = new Dense(2, 3);
      keys: Dense = new Dense(2, 3);
      lstm: LSTM = new LSTM(2, 2, { numLayers: 2 });
      override forward(x: Tensor): Tensor {
        return x;
      }
    }
    const net = new Net();
    await expect(loadKerasWeights(bytes, net)).rejects.toThrow(/unexpected: key, query, rnn\/cell, rnn2\/cell$/);
    await loadKerasWeights(bytes, net, { layers: { queries: "query", keys: "key", lstm: ["rnn", "rnn2"] } });
    expect([kernelOf(net.queries), kernelOf(net.keys)]).toEqual([a[0].toArray(), b[0].toArray()]);
    expect(net.lstm.weights[1]?.weightIh.transpose().toArray()).toEqual(deep[0]!.toArray());
  });

  it("were written otherwise by early versions", async () => {
    const [a, b] = [pair(2, 2), pair(2, 1)];
    const net = new Sequential(new Dense(2, 2), new Dense(2, 1));
    const bytes = await hdf5((file) =>
      variables(file, { "_layer_checkpoint_dependencies/dense": a, "layers\\dense_1": b }),
    );
    await loadKerasWeights(bytes, net);
    expect([...net].map(kernelOf)).toEqual([a, b].map(([kernel]) => kernel.toArray()));
  });
});

describe("files of Keras 2", () => {
  it("list what is not trained in a model within the model at the end", async () => {
    const names = ["dense/kernel:0", "dense/bias:0", "bn/gamma:0", "bn/beta:0", "dense_1/kernel:0", "dense_1/bias:0", "bn/moving_mean:0", "bn/moving_variance:0"]; // prettier-ignore
    const [a, b] = [pair(2, 3), pair(3, 1)];
    const [gamma, beta, mean, variance] = [draw(3), draw(3), draw(3), draw(3).square()];
    const tensors = [...a, gamma, beta, ...b, mean, variance];
    const bytes = await hdf5((file) => {
      // A list that is too long for one attribute stands in several.
      file.create_attribute("layer_names0", ["input"]);
      file.create_attribute("layer_names1", ["model"]);
      file.create_group("input").create_attribute("weight_names", new Float64Array(0), [0]);
      const group = file.create_group("model");
      group.create_attribute("weight_names", names);
      for (const [i, name] of names.entries()) {
        const [owner, key] = name.split("/") as [string, string];
        const inner = (group.keys().includes(owner) ? group.get(owner) : group.create_group(owner)) as Group;
        const { data, shape } = tensors[i]!;
        inner.create_dataset({ name: key, data: data as Float32Array, shape: [...shape] });
      }
    });
    const net = new Sequential(new Dense(2, 3), new BatchNorm(3), new Dense(3, 1));
    await loadKerasWeights(bytes, net);
    const norm = net.at(1) as BatchNorm;
    expect([norm.weight, norm.runningMean, norm.runningVar].map((t) => t?.toArray())).toEqual(
      [gamma, mean, variance].map((t) => t.toArray()),
    );
    expect(kernelOf(net.at(2))).toEqual(b[0].toArray());
  });
});

it("npz is in the order of get_weights", async () => {
  const net = new Sequential(new Dense(2, 3), new BatchNorm(3), new LSTM(3, 2) as unknown as Module);
  const shapes = Object.entries(decodeNpz(await encodeKerasWeights(net, { format: "npz" })));
  expect(shapes.map(([name, { shape }]) => [name, shape])).toEqual([
    ["arr_0", [2, 3]],
    ["arr_1", [3]],
    ["arr_2", [3]],
    ["arr_3", [3]],
    ["arr_4", [3]],
    ["arr_5", [3]],
    ["arr_6", [3, 8]],
    ["arr_7", [2, 8]],
    ["arr_8", [8]],
  ]);
});
