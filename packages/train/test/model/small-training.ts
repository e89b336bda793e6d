import { BatchNorm, Dense, Dropout, type Module, ReLU, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { manualSeed, randn, type Tensor } from "@tapegrad/tensor";
import { expect } from "vitest";
import type { History } from "../../src/training/history.ts";
import { Model } from "../../src/model/model.ts";
import type { FitOptions } from "../../src/model/fit-options.ts";

export type Float = "float32" | "float64";

/** Samples of three classes that a small net tells apart. */
export function classified(count: number, dtype: Float = "float32"): [x: Tensor, y: Tensor] {
  manualSeed(5);
  const x = randn([count, 4], { dtype });
  const y = x.matmul(randn([4, 3], { dtype })).argmax({ axis: 1 });
  return [x, y.to("int32")];
}

/**
 * The same weights each time, with what differs between training and evaluation: a BatchNorm and, if asked for, a Dropout.
 * No bias before the norm: its gradient is rounding alone, which Adam makes steps of.
 */
export function smallNet(dtype: Float = "float32", rate: number = 0): Sequential {
  manualSeed(1);
  const layers: Module[] = [new Dense(4, 16, { bias: false }), new BatchNorm(16), new ReLU(), new Dense(16, 3)];
  return new Sequential(...(rate === 0 ? layers : layers.toSpliced(3, 0, new Dropout(rate)))).to(dtype);
}

/** A model of that net, which minimises the cross-entropy. */
export function smallModel(dtype: Float = "float32", rate: number = 0): Model {
  return new Model(smallNet(dtype, rate)).compile({
    optimizer: (params) => new Adam(params, { lr: 0.01 }),
    loss: "crossEntropy",
    metrics: ["accuracy"],
  });
}

export const quiet: FitOptions = { verbose: 0, batchSize: 8, seed: 3 };

/** Weights and statistics as numbers. */
export function weightsOf({ net }: Pick<Model, "net">): Record<string, unknown> {
  return Object.fromEntries(Object.entries(net.stateDict()).map(([name, value]) => [name, value.toArray()]));
}

/** Holds the figures of two trainings against each other. */
export function expectNear(got: History, want: History, tolerance: number): void {
  expect(got.epoch).toEqual(want.epoch);
  expect(Object.keys(got.history)).toEqual(Object.keys(want.history));
  for (const [name, values] of Object.entries(want.history)) {
    values.forEach((value, i) => {
      expect(Math.abs(got.history[name]![i]! - value), `${name} of epoch ${i}`).toBeLessThanOrEqual(tolerance);
    });
  }
}
