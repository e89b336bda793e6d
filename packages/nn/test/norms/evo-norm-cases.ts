import { Generator, ones, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { EvoNormB0, EvoNormS0, functional } from "../../src/index.ts";
import { standardized } from "./channel-values.ts";
import { channelGroups, channelIndex, rowGroups } from "./naive-norm.ts";
import { type NormCall, type NormTests, sizeOf } from "./norm-case.ts";

const { evoNormB0, evoNormS0 } = functional;
const generator = new Generator(137);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const c3 = zeros([3]);
const x = zeros([4, 3, 2]);

/** √(variance + ε) of the elements of each group, for each element. */
function deviations(x: readonly number[], groups: readonly number[][]): number[] {
  const of = x.map(() => NaN);
  for (const group of groups) for (const at of group) of[at] = 1 / standardized(x, group).r;
  return of;
}

/** The definition of evoNormB0 in loops, in training. */
const batchCalls: readonly NormCall[] = [[4, 3, 2], [2, 2, 3, 2], [3, 2, 1]].map((shape) => {
  const channels = shape[1]!;
  return {
    name: `of shape [${shape.join(", ")}]`,
    inputs: [draw(...shape), draw(channels).abs().add(0.3), draw(channels), draw(channels)],
    run: (x: Tensor, v: Tensor, weight: Tensor, bias: Tensor) => evoNormB0(x, v, { weight, bias }),
    naive: (x: number[], v: number[], weight: number[], bias: number[]) => {
      const channel = channelIndex(shape);
      const batch = deviations(x, channelGroups(shape));
      const instance = deviations(x, rowGroups(shape, shape.length - 2));
      return x.map((value, at) => {
        const c = channel[at]!;
        return (weight[c]! * value) / Math.max(batch[at]!, v[c]! * value + instance[at]!) + bias[c]!;
      });
    },
  };
}); // prettier-ignore

/** The definition of evoNormS0 in loops. */
const sampleCalls: readonly NormCall[] = (
  [
    [[2, 4, 3], 2],
    [[3, 4], 2],
    [[2, 3, 2, 2], 1],
    [[2, 2, 3], 2],
  ] as const
).map(([shape, groups]) => {
  const channels = shape[1];
  return {
    name: `of shape [${shape.join(", ")}] in ${groups} groups`,
    inputs: [draw(...shape), draw(channels), draw(channels), draw(channels)],
    run: (x: Tensor, v: Tensor, weight: Tensor, bias: Tensor) => evoNormS0(x, v, { groups, weight, bias }),
    naive: (x: number[], v: number[], weight: number[], bias: number[]) => {
      const channel = channelIndex(shape);
      const rows = shape[0] * groups;
      const group = deviations(x, rowGroups([rows, sizeOf(shape) / rows], 1));
      return x.map((value, at) => {
        const c = channel[at]!;
        return (weight[c]! * value) / (1 + Math.exp(-v[c]! * value)) / group[at]! + bias[c]!;
      });
    },
  };
});

/** v of a dense layer of six neurons. */
const sixOnes = ones([6], { dtype: "float64" });

/** All that is tested of the EvoNorms. */
export const evoNormTests: Pick<NormTests, "evoNormB0" | "evoNormS0"> = {
  evoNormB0: {
    positions: true,
    dense: (x, w) => evoNormB0(w.matmul(x), sixOnes, { eps: 0 }),
    calls: batchCalls,
    layers: [
      { layer: new EvoNormB0(3), printed: "EvoNormB0(3, eps=1e-5, momentum=0.1)", shape: [4, 3, 2], same: (x) => evoNormB0(x, ones([3])) },
      { layer: new EvoNormB0(3, { affine: false, momentum: 0.5, eps: 0.1 }), printed: "EvoNormB0(3, eps=0.1, affine=false, momentum=0.5)", shape: [4, 3, 2], same: (x) => evoNormB0(x, ones([3]), { eps: 0.1 }) },
    ], // prettier-ignore
    errors: [
      [() => evoNormB0(zeros([4, 3]), c3), ShapeError, "evoNormB0: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => evoNormB0(x, zeros([2])), ShapeError, "evoNormB0: expected v of shape [3], got [2]."],
      [() => evoNormB0(zeros([1, 3, 1]), c3), ShapeError, "evoNormB0: expected more than 1 value per channel when training, got input of shape [1, 3, 1]."],
      [() => evoNormB0(x, c3, { runningVar: zeros([2]) }), ShapeError, "evoNormB0: expected runningVar of shape [3], got [2]."],
      [() => evoNormB0(x, c3, { training: false }), ValueError, "evoNormB0: expected runningVar when training is false, got none."],
      [() => new EvoNormB0(3, { momentum: 2 }), ValueError, "EvoNormB0: expected momentum in [0, 1], got 2."],
      [() => new EvoNormB0(3).forward(zeros([4, 2, 2])), ShapeError, "evoNormB0: expected 3 channels on axis 1, got input of shape [4, 2, 2]."],
    ], // prettier-ignore
  },
  evoNormS0: {
    positions: true,
    dense: (x, w) => evoNormS0(w.matmul(x), sixOnes, { groups: 2, eps: 0 }),
    calls: sampleCalls,
    layers: [
      { layer: new EvoNormS0(4, { groups: 2 }), printed: "EvoNormS0(4, groups=2, eps=1e-5)", shape: [2, 4, 3], same: (x) => evoNormS0(x, ones([4]), { groups: 2 }) },
      { layer: new EvoNormS0(32, { affine: false, eps: 0.1 }), printed: "EvoNormS0(32, groups=32, eps=0.1, affine=false)", shape: [2, 32, 3], same: (x) => evoNormS0(x, ones([32]), { eps: 0.1 }) },
    ], // prettier-ignore
    errors: [
      [() => evoNormS0(c3, c3), ShapeError, "evoNormS0: expected input of shape [N, C, ...], got [3]."],
      [() => evoNormS0(x, zeros([2]), { groups: 1 }), ShapeError, "evoNormS0: expected v of shape [3], got [2]."],
      [() => evoNormS0(x, c3), ShapeError, "evoNormS0: expected channels divisible by 32 groups, got 3."],
      [() => evoNormS0(zeros([1, 3]), c3, { groups: 3 }), ShapeError, "evoNormS0: expected more than 1 value per group, got input of shape [1, 3] and 3 groups."],
      [() => evoNormS0(x, c3, { groups: 0 }), ValueError, "evoNormS0: expected groups to be a whole number ≥ 1, got 0."],
      [() => new EvoNormS0(3), ShapeError, "EvoNormS0: expected channels divisible by 32 groups, got 3."],
      [() => new EvoNormS0(4, { groups: 2 }).forward(zeros([4, 2, 2])), ShapeError, "evoNormS0: expected 4 channels on axis 1, got input of shape [4, 2, 2]."],
    ], // prettier-ignore
  },
};
