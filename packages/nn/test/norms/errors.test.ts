import { DTypeError, ShapeError, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it, vi } from "vitest";
import {
  BatchNorm,
  Dense,
  DenseLayerNorm,
  functional,
  GroupNorm,
  InstanceNorm,
  LayerNorm,
  LocalResponseNorm,
  norms,
  ReLU,
  RMSNorm,
} from "../../src/index.ts";

const { batchNorm, groupNorm, instanceNorm, layerNorm, localResponseNorm, normalize, rmsNorm } = functional;
const { powerIteration, spectralNorm, weightNorm } = functional;
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
  [() => layerNorm(x, 3, { eps: NaN }), ValueError, "layerNorm: expected eps ≥ 0, got NaN."],
  [() => new LayerNorm(1.5), ShapeError, "LayerNorm: expected a shape of at least one whole extent, got [1.5]."],
  [() => new LayerNorm(3, { momentum: 1 } as object), ValueError, 'LayerNorm: expected options eps, affine, bias, dtype, got "momentum".'],
  [() => rmsNorm(x, 4), ShapeError, "rmsNorm: expected trailing axes [4], got input of shape [4, 3]."],
  [() => rmsNorm(x, 3, { partial: 0 }), ValueError, "rmsNorm: expected partial in (0, 1], got 0."],
  [() => new RMSNorm(3, { partial: 1.1 }), ValueError, "RMSNorm: expected partial in (0, 1], got 1.1."],
  [() => new RMSNorm(3, { eps: -1 }), ValueError, "RMSNorm: expected a finite eps of at least 0, got -1."],
  [() => groupNorm(zeros([2, 4, 3]), 3), ShapeError, "groupNorm: expected channels divisible by 3 groups, got 4."],
  [() => groupNorm(zeros([2, 4, 3]), 0), ValueError, "groupNorm: expected groups to be a whole number of at least 1, got 0."],
  [() => groupNorm(zeros([4]), 2), ShapeError, "groupNorm: expected input of shape [N, C, ...], got [4]."],
  [() => groupNorm(zeros([1, 3, 1]), 3), ShapeError, "groupNorm: expected more than 1 value per group, got input of shape [1, 3, 1] and 3 groups."],
  [() => groupNorm(zeros([2, 4]), 2, { weight: zeros([4, 1]) }), ShapeError, "groupNorm: expected weight of shape [4], got [4, 1]."],
  [() => groupNorm(zeros([2, 4]), 2, { weight: zeros([4]), bias: zeros([2]) }), ShapeError, "groupNorm: expected bias of shape [4], got [2]."],
  [() => groupNorm(zeros([2, 4]), 2, { eps: -1 }), ValueError, "groupNorm: expected a finite eps of at least 0, got -1."],
  [() => groupNorm(zeros([2, 4]), 2, { groups: 2 } as object), ValueError, 'groupNorm: expected options weight, bias, eps, got "groups".'],
  [() => new GroupNorm(3, 4), ShapeError, "GroupNorm: expected channels divisible by 3 groups, got 4."],
  [() => new GroupNorm(1, 0), ShapeError, "GroupNorm: expected channels to be a whole number of at least 1, got 0."],
  [() => new GroupNorm(2, 4, { momentum: 1 } as object), ValueError, 'GroupNorm: expected options eps, affine, dtype, got "momentum".'],
  [() => new GroupNorm(2, 4).forward(zeros([2, 6, 3])), ShapeError, "groupNorm: expected 4 channels on axis 1, got input of shape [2, 6, 3]."],
  [() => instanceNorm(x), ShapeError, "instanceNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
  [() => instanceNorm(zeros([2, 3, 1])), ShapeError, "instanceNorm: expected more than 1 position when training, got input of shape [2, 3, 1]."],
  [() => instanceNorm(zeros([2, 3, 2]), { bias: zeros([2]) }), ShapeError, "instanceNorm: expected 2 channels on axis 1, got input of shape [2, 3, 2]."],
  [() => instanceNorm(zeros([2, 3, 2]), { training: false }), ValueError, "instanceNorm: expected runningMean and runningVar when training is false, got none."],
  [() => instanceNorm(zeros([2, 3, 2]), { runningVar: c3 }), ValueError, "instanceNorm: expected runningMean and runningVar together, got one of them."],
  [() => instanceNorm(zeros([2, 3, 2]), { momentum: 2 }), ValueError, "instanceNorm: expected momentum in [0, 1], got 2."],
  [() => new InstanceNorm(3, { momentum: -1 }), ValueError, "InstanceNorm: expected momentum in [0, 1], got -1."],
  [() => new InstanceNorm(3, { bias: true } as object), ValueError, 'InstanceNorm: expected options eps, momentum, affine, trackRunningStats, dtype, got "bias".'],
  [() => new InstanceNorm(3).forward(zeros([2, 5, 3])), ShapeError, "instanceNorm: expected 3 channels on axis 1, got input of shape [2, 5, 3]."],
  [() => localResponseNorm(x, 2), ShapeError, "localResponseNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
  [() => localResponseNorm(zeros([1, 2, 3]), 0), ValueError, "localResponseNorm: expected size to be a whole number of at least 1, got 0."],
  [() => localResponseNorm(zeros([1, 2, 3]), 2, { alpha: NaN }), ValueError, "localResponseNorm: expected alpha to be a finite number, got NaN."],
  [() => new LocalResponseNorm(2, { bias: 1 } as object), ValueError, 'LocalResponseNorm: expected options alpha, beta, k, got "bias".'],
  [() => normalize(x, { axis: 2 }), ShapeError, "normalize: expected an axis in [-2, 1], got 2."],
  [() => normalize(x, { p: NaN }), ValueError, "normalize: expected p to be a number, got NaN."],
  [() => normalize(x, { eps: -1 }), ValueError, "normalize: expected a finite eps of at least 0, got -1."],
  [() => weightNorm(x, zeros([4])), ShapeError, "weightNorm: expected g of shape [4, 1], got [4]."],
  [() => weightNorm(x, zeros([4, 1]), { axis: 2 }), ShapeError, "weightNorm: expected axis null or in [-2, 2), got 2."],
  [() => spectralNorm(x, c3, c3), ShapeError, "spectralNorm: expected u of shape [4] and v of shape [3], got [3] and [3]."],
  [() => spectralNorm(c3, c3, c3), ShapeError, "spectralNorm: expected at least 2 axes and one of them as axis, got shape [3] and axis 0."],
  [() => powerIteration(x, zeros([4]), c3, { iterations: 0 }), ValueError, "powerIteration: expected iterations to be a whole number of at least 1, got 0."],
  [() => norms.weightNorm(new ReLU() as never), ValueError, 'weightNorm: expected a module with a parameter "weight", got ReLU.'],
  [() => norms.weightNorm(norms.spectralNorm(new Dense(3, 2))), ValueError, 'weightNorm: expected a module with a parameter "weight", got Dense.'],
  [() => norms.spectralNorm(new Dense(3, 2), { iterations: 0.5 }), ValueError, "spectralNorm: expected iterations to be a whole number of at least 1, got 0.5."],
  [() => norms.spectralNorm(new Dense(3, 2), { dim: 0 } as object), ValueError, 'spectralNorm: expected options axis, iterations, eps, generator, got "dim".'],
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

describe("norms of weights", () => {
  it("leave the module alone when they throw", () => {
    const layer = new Dense(3, 2);
    expect(() => norms.spectralNorm(layer, { iterations: 0 })).toThrow(ValueError);
    expect(() => norms.weightNorm(layer, { axis: 5 })).toThrow(ShapeError);
    expect(Object.keys(layer.stateDict())).toEqual(["weight", "bias"]);
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
