import { readFileSync } from "node:fs";
import {
  Conv2d,
  Dense,
  Flatten,
  Lambda,
  LayerNorm,
  LSTM,
  Module,
  norms,
  Parameter,
  presets,
  BatchNorm,
  Sequential,
} from "@tapegrad/nn";
import { compile } from "@tapegrad/compile";
import { ones, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { decodeNpz, encodeKerasWeights, encodeNpz, loadKerasWeights, saveKerasWeights } from "../../src/index.ts";
import { models } from "./keras-models.ts";

const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`keras/${name}`, import.meta.url)));
const values = (model: Module): unknown => Object.values(model.stateDict()).map((t) => t.toArray());

/** What loading fails with, after which nothing has changed. */
async function refused(source: Uint8Array | string, model: Module, options = {}): Promise<Error> {
  const before = values(model);
  const error: unknown = await loadKerasWeights(source, model, options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  expect(values(model)).toEqual(before);
  return error as Error;
}

describe("loadKerasWeights", () => {
  it.each(["mlp.weights.h5", "mlp.h5", "mlp.npz", "mlp.keras"])(
    "names the layer that does not fit: %s",
    async (name) => {
      const model = new Sequential(
        new Dense(4, 6),
        new BatchNorm(6, presets.keras.batchNorm),
        new Dense(6, 4),
        new LayerNorm(4),
        new Dense(4, 3),
      );
      const error = await refused(file(name), model);
      const places: Readonly<Record<string, string>> = {
        "mlp.weights.h5": "layers/dense_1/vars/0",
        "mlp.keras": "layers/dense_1/vars/0",
        "mlp.h5": "dense_1/kernel:0",
        "mlp.npz": "arr_6",
      };
      expect(error.message).toBe(
        `loadKerasWeights: expected kernel of shape [6, 4] for layer 2 (Dense), got [6, 5] in ${places[name]!}.`,
      );
      expect(error.name).toBe("ShapeError");
    },
  );

  it("says how many variables there are, if they are too few, and what is left of too many", async () => {
    const { arr_11: bias, ...fewer } = decodeNpz(file("mlp.npz"));
    expect((await refused(encodeNpz(fewer as Record<string, Tensor>), models["mlp"]!())).message).toBe(
      "loadKerasWeights: expected 2 variables for layer 5 (Dense), kernel, bias, got 1: arr_10.",
    );
    const more = encodeNpz({ ...decodeNpz(file("mlp.npz")), other: bias! });
    expect((await refused(more, models["mlp"]!())).message).toMatch(/\n {2}unexpected: other$/);
    expect((await refused(encodeNpz({}), new Dense(1, 1))).message).toMatch(/\n {2}missing: weight, bias$/);
  });

  it("says what is missing and what is too much", async () => {
    const model = new Sequential(new Dense(4, 6), new Dense(6, 5), new Dense(5, 3), new Dense(3, 1), new Own());
    expect((await refused(file("mlp.weights.h5"), model)).message).toBe(
      "loadKerasWeights: expected weights of all layers of Sequential and no others, got 3 keys without and 2 places too many. " +
        "Say which is which in layers, or strict: false.\n" +
        "  missing: 3.weight, 3.bias, 4.scale\n" +
        "  unexpected: layers/batch_normalization, layers/layer_normalization",
    );
    expect(await loadKerasWeights(file("mlp.weights.h5"), model, { strict: false })).toEqual({
      missing: ["3.weight", "3.bias", "4.scale"],
      unexpected: ["layers/batch_normalization", "layers/layer_normalization"],
    });
    const [kernel] = Object.values(decodeNpz(file("mlp.npz")));
    expect((model.at(0) as Dense).weight.toArray()).toEqual(kernel!.transpose().toArray());
  });

  it("wants to know the extents of flattened images", async () => {
    const model = models["cnn"]!();
    const error = await refused(file("cnn.npz"), model);
    expect(error.message).toBe(
      "loadKerasWeights: expected the extents of the images behind which layer 7 (Dense) stands, got none. " +
        'Keras flattens them with their channels last: say flattened: { "7": [channels, height, width] }.',
    );
    expect((await refused(file("cnn.npz"), model, { flattened: { "7": [2, 3, 4] } })).message).toBe(
      "loadKerasWeights: expected extents of 30 elements for layer 7 (Dense) in flattened, got [2, 3, 4].",
    );
    expect((await refused(file("cnn.npz"), model, { flattened: { "7": [30], "8": [1] } })).message).toBe(
      'loadKerasWeights: expected flattened to name layers with features, got "8".',
    );
    // A model that turns the images itself.
    await loadKerasWeights(file("cnn.npz"), model, { flattened: { "7": [30] } });
    const kernel = Object.values(decodeNpz(file("cnn.npz"))).at(-2)!;
    expect((model.at(7) as Dense).weight.toArray()).toEqual(kernel.transpose().toArray());
    await expect(encodeKerasWeights(model)).rejects.toThrow(/^encodeKerasWeights: expected the extents of the images/);
  });

  it("asks for no extents where each channel is one feature", async () => {
    const pooled = (): Module =>
      new Sequential(
        new Conv2d(1, 3, 2),
        new Lambda((x) => x.mean({ axis: [2, 3], keepDims: true })),
        new Flatten(),
        new Dense(3, 2),
      );
    await expect(encodeKerasWeights(pooled(), { format: "npz" })).resolves.toBeInstanceOf(Uint8Array);
  });

  it("refuses weights that are computed, and elements that are no floats", async () => {
    const model = new Sequential(norms.weightNorm(new Dense(2, 2)));
    expect((await refused(encodeNpz({ a: ones([2, 2]) }), model)).message).toBe(
      "loadKerasWeights: expected a weight that is a parameter, got one that is computed in layer 0 (Dense). Remove its norm before.",
    );
    const whole = encodeNpz({ a: tensor([[1]], { dtype: "int32" }) });
    expect((await refused(whole, new Dense(1, 1, { bias: false }))).message).toBe(
      "loadKerasWeights: expected float32 or float64 in a, got int32.",
    );
  });

  it("refuses paths for what is no module, and where there are none", async () => {
    const layers = { head: "layers/dense" };
    expect((await refused(file("mlp.weights.h5"), models["mlp"]!(), { layers })).message).toBe(
      'loadKerasWeights: expected layers to name modules of the model, got "head".',
    );
    for (const name of ["mlp.npz", "mlp.h5"]) {
      expect((await refused(file(name), models["mlp"]!(), { layers: { "0": "dense" } })).message).toBe(
        "loadKerasWeights: expected layers for a file of Keras 3 alone, got them for one in the model's order.",
      );
    }
  });

  it("refuses what is no file of weights, and what is too large", async () => {
    const model = new Dense(1, 1);
    expect((await refused(new Uint8Array([1, 2, 3]), model)).message).toBe(
      "loadKerasWeights: expected the bytes to be a file of HDF5, Keras or NumPy, got something else.",
    );
    expect((await refused(file("mlp.h5"), model, { maxBytes: 100 })).message).toMatch(/at most 100 bytes, got \d+\.$/);
    expect((await refused(file("mlp.keras"), model, { maxBytes: 20_000 })).name).toBe("FormatError");
    expect((await refused("nowhere.h5", model)).name).toBe("ValueError");
  });
});

/** A layer that Keras has not. */
class Own extends Module {
  scale: Parameter = new Parameter(zeros([1]));
  override forward(x: Tensor): Tensor {
    return x.mul(this.scale);
  }
}

describe("saving", () => {
  it("refuses parameters that no layer of Keras has", async () => {
    await expect(encodeKerasWeights(new Sequential(new Dense(1, 1), new Own()))).rejects.toThrow(
      "encodeKerasWeights: expected parameters of layers that Keras has too, got others: 1.scale.",
    );
    const narrow = new LSTM(2, 3, { projectionSize: 1 });
    await expect(encodeKerasWeights(narrow)).rejects.toThrow(/expected parameters .* got others: weight_hr_l0\.$/);
    const file = await encodeKerasWeights(new LSTM(2, 3), { format: "npz" });
    await expect(loadKerasWeights(file, narrow)).rejects.toThrow(/recurrent_kernel/);
  });

  it("wants an ending that says the format", async () => {
    await expect(saveKerasWeights("weights.h5", new Dense(1, 1))).rejects.toThrow(
      'saveKerasWeights: expected path to end in .weights.h5 or .npz, got "weights.h5".',
    );
  });

  it("reads the weights before it waits, and not while a function is traced", async () => {
    const layer = new Dense(1, 1, { init: "ones", biasInit: "zeros" });
    const promise = encodeKerasWeights(layer);
    layer.loadStateDict({ weight: tensor([[5]]), bias: tensor([5]) });
    const other = new Dense(1, 1);
    await loadKerasWeights(await promise, other);
    expect([other.weight.item(), other.bias?.item()]).toEqual([1, 0]);
    let pending: Promise<unknown> | undefined;
    compile(() => {
      pending = encodeKerasWeights(layer).catch((error: unknown) => error);
      return layer.forward(ones([1, 1]));
    })();
    expect(String(await pending)).toMatch(/^CompileError: encodeKerasWeights/);
  });
});
