import { describe, expect, it } from "vitest";
import {
  BatchNorm,
  DenseBatchNorm,
  DenseLayerNorm,
  GroupNorm,
  InstanceNorm,
  LayerNorm,
  presets,
  RMSNorm,
} from "../../src/index.ts";

const { keras, torch } = presets;

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
  });
});
