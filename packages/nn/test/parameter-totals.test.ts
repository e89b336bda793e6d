import { randn } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  BatchNorm,
  countParameters,
  Dense,
  DenseLayerNorm,
  DenseRMSNorm,
  LayerNorm,
  type Module,
  RMSNorm,
  Sequential,
} from "../src/index.ts";

/** The worked models of well-known tutorials, whose summaries state these totals. */
const models: readonly (readonly [string, Module, number, number])[] = [
  ["784-64-LN-32-10", new Sequential(new Dense(784, 64), new LayerNorm(64), new Dense(64, 32), new Dense(32, 10)), 52778, 52778],
  ["784-64-BN-32-BN-10", new Sequential(new Dense(784, 64), new BatchNorm(64), new Dense(64, 32), new BatchNorm(32), new Dense(32, 10)), 53034, 52842],
  ["784-64-RMS-10", new Sequential(new Dense(784, 64), new RMSNorm(64), new Dense(64, 10)), 50954, 50954],
  ["DenseLayerNorm 64, 32, Dense 10", new Sequential(new DenseLayerNorm(784, 64), new DenseLayerNorm(64, 32), new Dense(32, 10)), 52842, 52842],
  ["DenseRMSNorm 64, 32, Dense 10", new Sequential(new DenseRMSNorm(784, 64), new DenseRMSNorm(64, 32), new Dense(32, 10)), 52746, 52746],
  ["10-64-BN-32-BN-1", new Sequential(new Dense(10, 64), new BatchNorm(64), new Dense(64, 32), new BatchNorm(32), new Dense(32, 1)), 3201, 3009],
  ["10-64-LN-32-LN-1", new Sequential(new Dense(10, 64), new LayerNorm(64), new Dense(64, 32), new LayerNorm(32), new Dense(32, 1)), 3009, 3009],
]; // prettier-ignore

describe("numbers of parameters", () => {
  it.each(models)("%s", (_, model, total, trainable) => {
    expect(countParameters(model)).toEqual({ total, trainable, nonTrainable: total - trainable });
    const features = (model.parameters()[0]?.shape ?? [])[1] ?? 0;
    expect(model.forward(randn([4, features])).shape[0]).toBe(4);
  });
});
