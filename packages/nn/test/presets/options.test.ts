import { tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  AdaNorm,
  BatchNorm,
  Conv2d,
  ConvTranspose2d,
  Dense,
  DenseBatchNorm,
  DenseLayerNorm,
  Embedding,
  functional,
  GELU,
  GroupNorm,
  GRU,
  InstanceNorm,
  LayerNorm,
  LeakyReLU,
  LocalResponseNorm,
  LSTMCell,
  PReLU,
  presets,
  RMSNorm,
  RNN,
  ScaleNorm,
  TransformerEncoderLayer,
} from "../../src/index.ts";

const { flax, keras, mlx, torch } = presets;

describe("presets", () => {
  it("are options of their layer, alone or spread", () => {
    expect(new BatchNorm(2, keras.batchNorm).runningVariance).toBe("biased");
    expect(new BatchNorm(2, { ...keras.batchNorm, affine: false }).eps).toBe(1e-3);
    expect(new InstanceNorm(2, { ...keras.instanceNorm }).momentum).toBe(0.01);
    expect(new GroupNorm(1, 2, { ...torch.groupNorm }).eps).toBe(1e-5);
    expect(new RMSNorm(2, { ...keras.rmsNorm, bias: true }).eps).toBe(1e-6);
    expect(new DenseBatchNorm(2, 3, { ...keras.batchNorm, activation: "relu" }).norm.momentum).toBe(0.01);
    expect(new DenseLayerNorm(2, 3, keras.layerNorm).norm.eps).toBe(1e-3);
  });

  it("of PyTorch are the defaults", () => {
    expect(new BatchNorm(2, torch.batchNorm).options).toEqual(new BatchNorm(2).options);
    expect(new LayerNorm(2, torch.layerNorm).options).toEqual(new LayerNorm(2).options);
    expect(new GroupNorm(1, 2, torch.groupNorm).options).toEqual(new GroupNorm(1, 2).options);
    expect(new InstanceNorm(2, torch.instanceNorm).options).toEqual(new InstanceNorm(2).options);
    expect(new RMSNorm(2, torch.rmsNorm).options).toEqual(new RMSNorm(2).options);
    expect(new LocalResponseNorm(3, torch.localResponseNorm).options).toEqual(new LocalResponseNorm(3).options);
    expect(new Dense(2, 3, torch.dense).options).toEqual(new Dense(2, 3).options);
    expect(new Conv2d(2, 3, 3, torch.conv).options).toEqual(new Conv2d(2, 3, 3).options);
    expect(new ConvTranspose2d(2, 3, 3, torch.convTranspose).options).toEqual(new ConvTranspose2d(2, 3, 3).options);
    expect(new Embedding(2, 3, torch.embedding).options).toEqual(new Embedding(2, 3).options);
    expect(new RNN(2, 3, torch.rnn).options).toEqual(new RNN(2, 3).options);
    expect(new GRU(2, 3, torch.gru).options).toEqual(new GRU(2, 3).options);
    expect(new LSTMCell(2, 3, torch.lstm).options).toEqual(new LSTMCell(2, 3).options);
    expect(new LeakyReLU(torch.leakyRelu).details()).toBe("");
    expect(new GELU(torch.gelu).details()).toBe("");
    expect(new PReLU(torch.prelu).options).toEqual(new PReLU().options);
  });

  it("are options of the functions too", () => {
    const x = tensor([[1, 5], [3, 9]]); // prettier-ignore
    expect(functional.batchNorm(x, { ...keras.batchNorm }).shape).toEqual([2, 2]);
    expect(functional.layerNorm(x, 2, keras.layerNorm).shape).toEqual([2, 2]);
    expect(new AdaNorm(2, { ...keras.layerNorm, k: 0.2 }).eps).toBe(1e-3);
    // @ts-expect-error: those of BatchNorm
    expect(() => functional.layerNorm(x, 2, { ...keras.batchNorm })).toThrow(/got "momentum"/);
    // @ts-expect-error: those of BatchNorm
    expect(() => functional.rmsNorm(x, 2, { ...keras.batchNorm, bias: zeros([2]) })).toThrow(/got "momentum"/);
    // @ts-expect-error: those of BatchNorm
    expect(() => new AdaNorm(2, { ...keras.batchNorm })).toThrow(/got "momentum"/);
    // @ts-expect-error: those of InstanceNorm
    expect(() => new ScaleNorm(2, { ...keras.instanceNorm, scale: 1 })).toThrow(/got "momentum"/);
    // @ts-expect-error: those of BatchNorm
    expect(() => new TransformerEncoderLayer(2, 1, { ...keras.batchNorm })).toThrow(/got "momentum"/);
    // @ts-expect-error: those of LayerNorm, where ε is another
    expect(functional.normalize(x, { ...keras.layerNorm, axis: 0 }).shape).toEqual([2, 2]);
  });

  it("know the groups of a GroupNorm where the framework does", () => {
    expect(new GroupNorm(keras.groups, 64, keras.groupNorm).details()).toBe("32, 64, eps=0.001");
    expect(new GroupNorm(flax.groups, 64, flax.groupNorm).details()).toBe("32, 64, eps=1e-6");
    expect("groups" in torch || "groups" in mlx).toBe(false);
  });

  it("of one layer are no options of another, though their names may fit", () => {
    // @ts-expect-error: those of BatchNorm
    expect(() => new LayerNorm(2, keras.batchNorm)).toThrow(/got "momentum"/);
    // @ts-expect-error: those of BatchNorm, spread
    expect(() => new DenseLayerNorm(2, 3, { ...keras.batchNorm, bias: false })).toThrow(/got "momentum"/);
    // @ts-expect-error: those of LayerNorm
    expect(new GroupNorm(1, 2, keras.layerNorm).eps).toBe(1e-3);
    // @ts-expect-error: those of LayerNorm, spread
    expect(new RMSNorm(2, { ...keras.layerNorm, bias: true }).eps).toBe(1e-3);
    // @ts-expect-error: those of InstanceNorm, spread
    expect(new BatchNorm(2, { ...keras.instanceNorm }).runningVariance).toBe("unbiased");
    // @ts-expect-error: filters lie otherwise there
    expect(new ConvTranspose2d(2, 3, 3, flax.conv).weight.shape).toEqual([2, 3, 3, 3]);
    // @ts-expect-error: an LSTM has another bias
    expect(new GRU(2, 4, keras.lstm).hiddenSize).toBe(4);
  });
});
