import { ShapeError, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it, vi } from "vitest";
import { BatchNorm, Dense, DenseLayerNorm, InstanceNorm, norms } from "../../src/index.ts";
import type { ErrorRow } from "./norm-case.ts";
import { normTests } from "./norm-cases.ts";

const table: readonly ErrorRow[] = [
  ...Object.values(normTests).flatMap(({ errors }) => errors),
  [() => new DenseLayerNorm(3, 4, { momentum: 1 } as object), ValueError, 'DenseLayerNorm: expected options activation, bias, init, biasInit, generator, dtype, kernelRegularizer, biasRegularizer, kernelConstraint, biasConstraint, normBias, eps, affine, gammaRegularizer, betaRegularizer, gammaConstraint, betaConstraint, rmsScaling, got "momentum".'],
]; // prettier-ignore

describe("errors of the norms", () => {
  it.each(table.map(([run, type, message]) => ({ run, type, message })))("$message", ({ run, type, message }) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  });

  it("come before any change of state", () => {
    const norm = new BatchNorm(3);
    expect(() => norm.forward(zeros([1, 3]))).toThrow(ShapeError);
    expect(() => norm.forward(zeros([4, 5]))).toThrow(ShapeError);
    expect(norm.numBatchesTracked?.item()).toBe(0);
    expect(norm.runningMean?.storage.version).toBe(0);
  });
});

describe("norms of weights", () => {
  it("leave the module alone when they throw", () => {
    const layer = new Dense(3, 2);
    expect(() => norms.spectralNorm(layer, { iterations: 0 })).toThrow(ValueError);
    expect(() => norms.weightNorm(layer, { axis: 5 })).toThrow(ShapeError);
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
  });
});

describe("inspectStatistics", () => {
  const unused = "evaluating with running statistics that no training batch has updated. Train first or load a state.";
  const batch = tensor([[1, 2], [3, 4]]); // prettier-ignore

  it("tells of evaluation without a training step", () => {
    for (const norm of [new BatchNorm(2), new InstanceNorm(2, { trackRunningStats: true })]) {
      expect(norms.inspectStatistics(norm)).toBeUndefined();
      expect(norms.inspectStatistics(norm.eval())).toBe(unused);
    }
  });

  it("finds nothing after a training step, with loaded statistics, or where there are none", () => {
    const trained = new BatchNorm(2);
    trained.forward(batch);
    const loaded = new BatchNorm(2);
    loaded.loadStateDict({ ...loaded.stateDict(), running_mean: tensor([1, 2]) });
    for (const norm of [trained, loaded, new BatchNorm(2, { trackRunningStats: false })]) {
      expect(norms.inspectStatistics(norm.eval())).toBeUndefined();
    }
  });

  it("tells of statistics that became NaN, in training too", () => {
    const norm = new BatchNorm(2);
    norm.forward(tensor([[1, NaN], [2, 3]])); // prettier-ignore
    norm.forward(batch);
    expect(norms.inspectStatistics(norm)).toMatch(/^running statistics became NaN/);
    expect(norms.inspectStatistics(norm.eval())).toMatch(/^running statistics became NaN/);
  });

  it("is not called by forward, which prints nothing", () => {
    const spy = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    new BatchNorm(2).eval().forward(batch);
    new BatchNorm(2).forward(batch.mul(NaN));
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  });
});
