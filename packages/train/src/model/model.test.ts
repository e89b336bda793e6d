import { DataLoader, TensorDataset } from "@tapegrad/data";
import { BatchNorm, Dense, ReLU, Sequential, functional } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { type DType, manualSeed, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Model } from "./model.ts";

/** Three classes that a small net tells apart. */
export function classified(count: number, dtype: "float32" | "float64" = "float32"): [x: Tensor, y: Tensor] {
  manualSeed(5);
  const x = randn([count, 4], { dtype });
  const y = x.matmul(randn([4, 3], { dtype })).argmax({ axis: 1 });
  return [x, y.to("int32")];
}

export function smallNet(dtype: DType = "float32"): Sequential {
  manualSeed(1);
  return new Sequential(new Dense(4, 16), new BatchNorm(16), new ReLU(), new Dense(16, 3)).to(dtype);
}

describe("fit", () => {
  it.each(["float32", "float64"] as const)("does what a hand-written loop does, bit for bit, in %s", async (dtype) => {
    const [x, y] = classified(50, dtype);
    const net = smallNet(dtype);
    const optimizer = new Adam(net.parameters(), { lr: 0.01 });
    const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 8, shuffle: true, seed: 3 });
    const losses: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      let [total, samples] = [0, 0];
      for (const [xb, yb] of loader) {
        optimizer.zeroGrad();
        const loss = functional.crossEntropy(net.forward(xb), yb);
        loss.backward();
        optimizer.step();
        total += loss.item() * yb.size;
        samples += yb.size;
      }
      losses.push(total / samples);
    }
    const model = new Model(smallNet(dtype)).compile({
      optimizer: (params) => new Adam(params, { lr: 0.01 }),
      loss: "crossEntropy",
      metrics: ["accuracy"],
    });
    const history = await model.fit(x, y, { epochs: 3, batchSize: 8, seed: 3, compile: false, verbose: 0 });
    expect(history.loss).toEqual(losses);
    for (const [name, value] of Object.entries(net.stateDict())) {
      expect(model.net.stateDict()[name]!.toArray(), name).toEqual(value.toArray());
    }
    const other = new Model(smallNet(dtype)).compile({
      optimizer: (params) => new Adam(params, { lr: 0.01 }),
      loss: "crossEntropy",
      metrics: ["accuracy"],
    });
    const compiled = await other.fit(x, y, { epochs: 3, batchSize: 8, seed: 3, verbose: 0 });
    expect(Object.keys(compiled.history)).toEqual(["loss", "accuracy", "lr"]);
    const tolerance = dtype === "float32" ? 1e-5 : 1e-10;
    for (const [name, values] of Object.entries(history.history)) {
      values.forEach((value, i) => expect(Math.abs(compiled.history[name]![i]! - value), name).toBeLessThan(tolerance));
    }
  });
});
