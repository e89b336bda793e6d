import { Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { BatchRenorm, functional } from "../../src/index.ts";
import { channelGroups, standardizeGroup } from "./naive-norm.ts";
import { float64, type NormCall, type NormTests, numbers, usual } from "./norm-case.ts";

const { batchRenorm, plainBatchNorm } = functional;
const generator = new Generator(107);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const x = zeros([4, 3]);
const c3 = zeros([3]);
type Shape = readonly number[];

/** Of four channels. */
const runningMean = draw(4).mul(0.5);
const runningVar = draw(4).square().add(0.3);

/** Running statistics that a call in training may change: new ones, of the dtype of `x`. */
function running(x: Tensor): { runningMean: Tensor; runningVar: Tensor; training: true } {
  return { runningMean: runningMean.to(x.dtype).clone(), runningVar: runningVar.to(x.dtype).clone(), training: true };
}

/** One number for each channel, along axis 1 of `shape`. */
function perChannel(values: readonly number[], shape: Shape): Tensor {
  return float64(values, [values.length, ...shape.slice(2).map(() => 1)]);
}

/** x̂ and statistics of the elements at `group`. */
function standardized(x: readonly number[], group: readonly number[]): ReturnType<typeof standardizeGroup> {
  const values = group.map((at) => x[at]!);
  return standardizeGroup(values, { groups: [], center: true, eps: usual });
}

const clamp = (value: number, limit: readonly [number, number]): number =>
  Math.min(Math.max(value, limit[0]), limit[1]);

/** r and d of each channel. */
function renormCorrections(x: readonly number[], shape: Shape, rMax: number, dMax: number): { r: number; d: number }[] {
  return channelGroups(shape).map((group, channel) => {
    const { mean, r } = standardized(x, group);
    const deviation = Math.sqrt(runningVar.data[channel]! + usual);
    const shift = (mean - runningMean.data[channel]!) / deviation;
    return { r: clamp(1 / r / deviation, [1 / rMax, rMax]), d: clamp(shift, [-dMax, dMax]) };
  });
}

const renormCalls: readonly NormCall[] = (
  [
    [[5, 4], 3, 5],
    [[5, 4], 1.1, 0.2],
    [[3, 4, 2], 1, 5],
    [[2, 4, 3, 2], 1.5, 0.4],
  ] as const
).map(([shape, rMax, dMax]) => {
  const input = draw(...shape);
  const held = renormCorrections(numbers(input), shape, rMax, dMax);
  const [r, d] = (["r", "d"] as const).map((name) => perChannel(held.map((of) => of[name]), shape)); // prettier-ignore
  return {
    name: `of shape [${shape.join(", ")}] with rMax ${rMax} and dMax ${dMax}`,
    inputs: [input, draw(4), draw(4)],
    run: (x: Tensor, weight: Tensor, bias: Tensor) => batchRenorm(x, { ...running(x), weight, bias, rMax, dMax }),
    naive: (x: number[], weight: number[], bias: number[]) => {
      const y = [...x];
      const corrections = renormCorrections(x, shape, rMax, dMax);
      channelGroups(shape).forEach((group, channel) => {
        const { centred, r: scale } = standardized(x, group);
        const { r, d } = corrections[channel]!;
        group.forEach((at, i) => (y[at] = weight[channel]! * (centred[i]! * scale * r + d) + bias[channel]!));
      });
      return y;
    },
    frozen: (x: Tensor, weight: Tensor, bias: Tensor) =>
      plainBatchNorm(x).mul(r!).add(d!).mul(weight.reshape(r!.shape)).add(bias.reshape(r!.shape)),
  };
});

/** All that is tested of the norms of batches and domains. */
export const batchNormFamilyTests: Pick<NormTests, "batchRenorm"> = {
  batchRenorm: {
    calls: renormCalls,
    layers: [
      { layer: new BatchRenorm(3, { rMax: 1, dMax: 0, affine: false, momentum: null }), printed: "BatchRenorm(3, eps=1e-5, momentum=null, rMax=1, dMax=0, affine=false)", shape: [4, 3, 2], same: (x) => functional.batchNorm(x) },
      { layer: new BatchRenorm(3), printed: "BatchRenorm(3, eps=1e-5, momentum=0.1, rMax=3, dMax=5)", shape: [4, 3], same: (x) => batchRenorm(x, { runningMean: c3.clone(), runningVar: c3.add(1), training: true }) },
    ], // prettier-ignore
    errors: [
      [() => batchRenorm(x), ValueError, "batchRenorm: expected runningMean and runningVar, got none."],
      [() => batchRenorm(x, { runningMean: c3, runningVar: c3, rMax: 0.5 }), ValueError, "batchRenorm: expected rMax ≥ 1, got 0.5."],
      [() => batchRenorm(x, { runningMean: c3, runningVar: c3, dMax: -1 }), ValueError, "batchRenorm: expected dMax ≥ 0, got -1."],
      [() => new BatchRenorm(3, { rMax: NaN }), ValueError, "BatchRenorm: expected rMax ≥ 1, got NaN."],
      [() => new BatchRenorm(3).forward(zeros([1, 3])), ShapeError, "batchRenorm: expected more than 1 value per channel when training, got input of shape [1, 3]."],
      [() => new BatchRenorm(3).forward(zeros([4, 2])), ShapeError, "batchRenorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
};
