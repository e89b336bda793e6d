import { DTypeError, ShapeError, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it, vi } from "vitest";
import { BatchNorm, DenseLayerNorm, functional, LayerNorm, RMSNorm } from "../../src/index.ts";

const { batchNorm, layerNorm, rmsNorm } = functional;
const x = zeros([4, 3]);
const c3 = zeros([3]);

const table: readonly (readonly [() => unknown, new (message: string) => Error, string])[] = [
  [() => new BatchNorm(5).forward(zeros([1, 5])), ShapeError, "batchNorm: expected more than 1 value per channel when training, got input of shape [1, 5]."],
  [() => new BatchNorm(5).forward(zeros([1, 5, 1, 1])), ShapeError, "batchNorm: expected more than 1 value per channel when training, got input of shape [1, 5, 1, 1]."],
  [() => new BatchNorm(5, { trackRunningStats: false }).eval().forward(zeros([1, 5])), ShapeError, "batchNorm: expected more than 1 value per channel when training, got input of shape [1, 5]."],
  [() => new BatchNorm(3).forward(zeros([4, 5])), ShapeError, "batchNorm: expected 3 channels on axis 1, got input of shape [4, 5]."],
  [() => new BatchNorm(3, { affine: false, trackRunningStats: false }).forward(zeros([4, 5])), ShapeError, "batchNorm: expected 3 channels on axis 1, got input of shape [4, 5]."],
  [() => new BatchNorm(3).forward(zeros([3])), ShapeError, "batchNorm: expected input of shape [N, C, ...], got [3]."],
  [() => new BatchNorm(0), ShapeError, "BatchNorm: expected features to be a whole number of at least 1, got 0."],
  [() => new BatchNorm(3, { eps: -1 }), ValueError, "BatchNorm: expected a finite eps of at least 0, got -1."],
  [() => new BatchNorm(3, { momentum: 1.5 }), ValueError, "BatchNorm: expected momentum null or in [0, 1], got 1.5."],
  [() => new BatchNorm(3, { runningVariance: "half" as "biased" }), ValueError, "BatchNorm: expected runningVariance unbiased or biased, got half."],
  [() => new BatchNorm(3, { dtype: "int32" as "float32" }), DTypeError, "BatchNorm: expected dtype float32 or float64, got int32."],
  [() => new BatchNorm(3, { epsilon: 1 } as object), ValueError, 'BatchNorm: expected options eps, momentum, affine, trackRunningStats, runningVariance, dtype, got "epsilon".'],
  [() => batchNorm(x, { training: false }), ValueError, "batchNorm: expected runningMean and runningVar when training is false, got none."],
  [() => batchNorm(x, { runningMean: c3 }), ValueError, "batchNorm: expected runningMean and runningVar together, got one of them."],
  [() => batchNorm(x, { runningMean: c3, runningVar: c3, training: true, momentum: null }), ValueError, "batchNorm: expected numBatchesTracked when momentum is null, got none."],
  [() => batchNorm(x, { weight: zeros([3, 1]) }), ShapeError, "batchNorm: expected weight of shape [3], got [3, 1]."],
  [() => batchNorm(x, { weight: c3, runningMean: c3, runningVar: zeros([4]) }), ShapeError, "batchNorm: expected runningVar of shape [3], got [4]."],
  [() => layerNorm(zeros([4, 3, 6]), [3, 5]), ShapeError, "layerNorm: expected trailing axes [3, 5], got input of shape [4, 3, 6]."],
  [() => layerNorm(zeros([5]), [3, 5]), ShapeError, "layerNorm: expected trailing axes [3, 5], got input of shape [5]."],
  [() => layerNorm(x, 3, { weight: zeros([5]) }), ShapeError, "layerNorm: expected weight of shape [3], got [5]."],
  [() => layerNorm(x, []), ShapeError, "layerNorm: expected a shape of at least one whole extent, got []."],
  [() => layerNorm(x, 3, { eps: NaN }), ValueError, "layerNorm: expected a finite eps of at least 0, got NaN."],
  [() => new LayerNorm(1.5), ShapeError, "LayerNorm: expected a shape of at least one whole extent, got [1.5]."],
  [() => new LayerNorm(3, { momentum: 1 } as object), ValueError, 'LayerNorm: expected options eps, affine, bias, dtype, got "momentum".'],
  [() => rmsNorm(x, 4), ShapeError, "rmsNorm: expected trailing axes [4], got input of shape [4, 3]."],
  [() => rmsNorm(x, 3, { partial: 0 }), ValueError, "rmsNorm: expected partial in (0, 1], got 0."],
  [() => new RMSNorm(3, { partial: 1.1 }), ValueError, "RMSNorm: expected partial in (0, 1], got 1.1."],
  [() => new RMSNorm(3, { eps: -1 }), ValueError, "RMSNorm: expected a finite eps of at least 0, got -1."],
  [() => new DenseLayerNorm(3, 4, { momentum: 1 } as object), ValueError, 'DenseLayerNorm: expected options activation, bias, init, biasInit, generator, dtype, normBias, eps, affine, got "momentum".'],
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

describe("warnings of BatchNorm", () => {
  const watch = (run: () => void): string[] => {
    const spy = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    run();
    const messages = spy.mock.calls.map(([message]) => String(message));
    spy.mockRestore();
    return messages;
  };

  it("evaluation without a training step, once", () => {
    const messages = watch(() => {
      const norm = new BatchNorm(2).eval();
      norm.forward(zeros([1, 2]));
      norm.forward(zeros([1, 2]));
      norm
        .train()
        .eval()
        .forward(zeros([1, 2]));
    });
    expect(messages).toEqual([
      "BatchNorm: evaluating with running statistics that no training batch has updated. Train first or load a state.",
    ]);
  });

  it("not after a training step, nor with statistics that were loaded", () => {
    const messages = watch(() => {
      const trained = new BatchNorm(2);
      trained.forward(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      );
      trained.eval().forward(zeros([1, 2]));
      const loaded = new BatchNorm(2);
      loaded.loadStateDict({ ...loaded.stateDict(), running_mean: tensor([1, 2]) });
      loaded.eval().forward(zeros([1, 2]));
    });
    expect(messages).toEqual([]);
  });

  it("statistics that became NaN, once", () => {
    const messages = watch(() => {
      const norm = new BatchNorm(2);
      norm.forward(
        tensor([
          [1, NaN],
          [2, 3],
        ]),
      );
      norm.forward(
        tensor([
          [1, 2],
          [2, 3],
        ]),
      );
    });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/^BatchNorm: running statistics became NaN/);
  });
});
