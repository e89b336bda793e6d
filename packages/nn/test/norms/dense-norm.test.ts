import { randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { DenseBatchNorm, DenseLayerNorm, DenseRMSNorm, LayerNorm } from "../../src/index.ts";

describe("dense layers with a norm", () => {
  it.each([
    ["DenseBatchNorm", new DenseBatchNorm(3, 4, { activation: "relu", momentum: 0.5 }), "norm.running_var"],
    ["DenseLayerNorm", new DenseLayerNorm(3, 4, { activation: "relu", eps: 1e-3 }), "norm.bias"],
    ["DenseRMSNorm", new DenseRMSNorm(3, 4, { activation: (x: Tensor) => x.relu(), partial: 0.5 }), "norm.weight"],
  ] as const)("%s is dense → norm → activation", (_, layer, key) => {
    const x = randn([6, 3]);
    const y = layer.forward(x);
    expect(y.toArray()).toEqual(layer.norm.forward(layer.dense.forward(x)).relu().toArray());
    expect(Object.keys(layer.stateDict())).toContain(key);
    expect(Object.keys(layer.stateDict()).slice(0, 2)).toEqual(["dense.weight", "dense.bias"]);
  });

  it("hand their options on", () => {
    const layer = new DenseLayerNorm(3, 4, { bias: false, normBias: false, dtype: "float64" });
    expect(Object.keys(layer.stateDict())).toEqual(["dense.weight", "norm.weight"]);
    expect(layer.dense.weight.dtype).toBe("float64");
    expect(layer.forward(randn([2, 3], { dtype: "float64" })).shape).toEqual([2, 4]);
    expect(() => new DenseRMSNorm(3, 4, { activation: "nope" as "relu" })).toThrow(/got "nope"/);
    expect(layer.norm).toBeInstanceOf(LayerNorm);
  });
});
