import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { functional } from "../../src/index.ts";
import { exactSum, groupsOver } from "./naive-norm.ts";
import { type NormCall, sizeOf, usual } from "./norm-case.ts";

const { batchNorm, groupNorm, instanceNorm, layerNorm, normalize, rmsNorm } = functional;
type Shape = readonly number[];

const generator = new Generator(131);
const draw = (...shape: Shape): Tensor => randn(shape, { dtype: "float64", generator });

/** Bools of a shape, about two thirds of them true, of which `hidden` are not. */
export function drawMask(shape: Shape, hidden: readonly number[] = [], seed: number = 132): Tensor {
  const values = randn(shape, { generator: new Generator(seed) }).data;
  return tensor(Array.from(values, (value, at) => value < 0.45 && !hidden.includes(at))).reshape(shape);
}

/** The position of each element of `shape` among those of `axes` alone. */
export function indexAlong(shape: Shape, axes: Shape): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, at) =>
    axes.reduce((index, axis) => {
      const position = Math.floor(at / sizeOf(shape.slice(axis + 1))) % shape[axis]!;
      return index * shape[axis]! + position;
    }, 0),
  );
}

/** A mask of extents 1 or those of `shape`, as one value for each of its elements. */
export function expand(mask: Tensor, shape: Shape): boolean[] {
  const own = mask.shape.flatMap((extent, axis) => (extent === 1 ? [] : [axis]));
  return indexAlong(shape, own).map((at) => mask.data[at] !== 0);
}

/** What a norm is given, in loops. */
export interface MaskedGroups {
  readonly groups: readonly (readonly number[])[];
  readonly counts: readonly boolean[];
  readonly center: boolean;
  readonly eps: number;
}

/** Mean and variance of what counts in a group. */
export function countedMoments(
  x: readonly number[],
  group: readonly number[],
  { counts, center }: Pick<MaskedGroups, "counts" | "center">,
): { count: number; mean: number; variance: number } {
  const seen = group.filter((at) => counts[at]).map((at) => x[at]!);
  const mean = center && seen.length > 0 ? exactSum(seen) / seen.length : 0;
  return { count: seen.length, mean, variance: exactSum(seen.map((value) => (value - mean) ** 2)) / seen.length };
}

/** x̂ of all elements, by what counts: 0 where nothing does. */
export function naiveMasked(x: readonly number[], norm: MaskedGroups, keepMean: boolean = false): number[] {
  const y = x.map(() => 0);
  for (const group of norm.groups) {
    const { count, mean, variance } = countedMoments(x, group, norm);
    if (count === 0) continue;
    for (const at of group) y[at] = (x[at]! - (keepMean ? 0 : mean)) / Math.sqrt(variance + norm.eps);
  }
  return y;
}

interface Given {
  readonly name: string;
  readonly shape: Shape;
  readonly groups: readonly (readonly number[])[];
  /** The axes of γ and β. */
  readonly axes: Shape;
  /** As the norm gets it, and with the axes of x. */
  readonly mask?: readonly [given: Tensor, aligned: Shape];
  readonly center?: boolean;
  readonly keepMean?: boolean;
  readonly run: (x: Tensor, options: { weight: Tensor; bias: Tensor; mask: Tensor | undefined; eps: number }) => Tensor;
}

function callOf({ name, shape, groups, axes, mask, center = true, keepMean = false, run }: Given): NormCall {
  const extents = axes.map((axis) => shape[axis]!);
  const index = indexAlong(shape, axes);
  const counts = mask === undefined ? index.map(() => true) : expand(mask[0].reshape(mask[1]), shape);
  return {
    name: `${name}, of shape [${shape.join(", ")}]`,
    // Small, so that eps has its share in all of it.
    inputs: [draw(...shape).mul(keepMean ? 0.01 : 1), draw(...extents), draw(...extents)],
    run: (x, weight, bias) => run(x!, { weight: weight!, bias: bias!, mask: mask?.[0], eps: usual }),
    naive: (x, weight, bias) =>
      naiveMasked(x!, { groups, counts, center, eps: usual }, keepMean).map(
        (value, at) => value * weight![index[at]!]! + bias![index[at]!]!,
      ),
    centred: center && !keepMean,
  };
}

const [line, last, image] = [
  [3, 2, 4],
  [3, 4, 2],
  [2, 3, 2, 2],
] as const;
/** Of `line`, with the first sample hidden, and with a position of every channel. */
const steps = drawMask([3, 4]);
const without = drawMask([3, 4], [0, 1, 2, 3]);
const each = drawMask([3, 2, 4]);

/** Of channels over the batch. */
export const batchNormCalls: readonly NormCall[] = [
  callOf({ name: "with a mask of positions", shape: line, groups: groupsOver(line, [0, 2]), axes: [1], mask: [steps, [3, 1, 4]], run: batchNorm }),
  callOf({ name: "with a mask of all axes", shape: line, groups: groupsOver(line, [0, 2]), axes: [1], mask: [each, [3, 2, 4]], run: batchNorm }),
  callOf({ name: "with a mask of samples", shape: line, groups: groupsOver(line, [0, 2]), axes: [1], mask: [tensor([true, false, true]).reshape([3, 1, 1]), [3, 1, 1]], run: batchNorm }),
  callOf({ name: "with a mask under which one channel has nothing", shape: line, groups: groupsOver(line, [0, 2]), axes: [1], mask: [tensor([true, false]).reshape([1, 2, 1]), [1, 2, 1]], run: batchNorm }),
  callOf({ name: "channels last, with a mask", shape: last, groups: groupsOver(last, [0, 1]), axes: [2], mask: [steps, [3, 4, 1]], run: (x, options) => batchNorm(x, { ...options, axis: -1 }) }),
  callOf({ name: "of two axes", shape: image, groups: groupsOver(image, [0, 2]), axes: [1, 3], run: (x, options) => batchNorm(x, { ...options, axis: [1, -1] }) }),
  callOf({ name: "of all axes but the batch, with a mask of samples", shape: [3, 2, 2], groups: groupsOver([3, 2, 2], [0]), axes: [1, 2], mask: [tensor([true, true, false]), [3, 1, 1]], run: (x, options) => batchNorm(x, { ...options, axis: [1, 2] }) }),
]; // prettier-ignore

/** Of channels over the positions of a sample. */
export const instanceNormCalls: readonly NormCall[] = [
  callOf({ name: "with a mask under which one sample has nothing", shape: line, groups: groupsOver(line, [2]), axes: [1], mask: [without, [3, 1, 4]], run: instanceNorm }),
  callOf({ name: "with a mask of all axes", shape: line, groups: groupsOver(line, [2]), axes: [1], mask: [each, [3, 2, 4]], run: instanceNorm }),
  callOf({ name: "channels last, with a mask", shape: last, groups: groupsOver(last, [1]), axes: [2], mask: [steps, [3, 4, 1]], run: (x, options) => instanceNorm(x, { ...options, axis: -1 }) }),
  callOf({ name: "of two axes", shape: image, groups: groupsOver(image, [2]), axes: [1, 3], run: (x, options) => instanceNorm(x, { ...options, axis: [1, 3] }) }),
  callOf({ name: "of one sample", shape: [3, 5], groups: groupsOver([3, 5], [1]), axes: [0], run: (x, options) => instanceNorm(x, { ...options, batched: false }) }),
]; // prettier-ignore

/** The elements of groups of two channels, of one sample unless the first axis is that of samples. */
function pairs(shape: Shape, axis: number, batched: boolean = true): number[][] {
  const groups = new Map<number, number[]>();
  const channel = indexAlong(shape, [axis]);
  const sample = batched ? indexAlong(shape, [0]) : channel.map(() => 0);
  channel.forEach((c, at) => {
    const key = sample[at]! * shape[axis]! + Math.floor(c / 2);
    groups.set(key, [...(groups.get(key) ?? []), at]);
  });
  return [...groups.values()];
}

/** Of groups of two channels each. */
export const groupNormCalls: readonly NormCall[] = [
  callOf({ name: "with a mask of positions", shape: [3, 4, 4], groups: pairs([3, 4, 4], 1), axes: [1], mask: [without, [3, 1, 4]], run: (x, options) => groupNorm(x, 2, options) }),
  callOf({ name: "with a mask of all axes", shape: [2, 4, 3], groups: pairs([2, 4, 3], 1), axes: [1], mask: [drawMask([2, 4, 3]), [2, 4, 3]], run: (x, options) => groupNorm(x, 2, options) }),
  callOf({ name: "channels last", shape: [2, 3, 2, 4], groups: pairs([2, 3, 2, 4], 3), axes: [3], run: (x, options) => groupNorm(x, 2, { ...options, axis: -1 }) }),
  callOf({ name: "channels last, with a mask", shape: [3, 4, 4], groups: pairs([3, 4, 4], 2), axes: [2], mask: [steps, [3, 4, 1]], run: (x, options) => groupNorm(x, 2, { ...options, axis: 2 }) }),
  callOf({ name: "of one sample", shape: [4, 3], groups: pairs([4, 3], 0, false), axes: [0], run: (x, options) => groupNorm(x, 2, { ...options, batched: false }) }),
  callOf({ name: "of one sample of channels alone", shape: [4], groups: pairs([4], 0, false), axes: [0], run: (x, options) => groupNorm(x, 2, { ...options, batched: false }) }),
  callOf({ name: "of one sample, channels last, with a mask", shape: [3, 4], groups: pairs([3, 4], 1, false), axes: [1], mask: [tensor([true, false, true]), [3, 1]], run: (x, options) => groupNorm(x, 2, { ...options, batched: false, axis: -1, mask: options.mask }) }),
]; // prettier-ignore

const rowsMask = drawMask([3, 4], [4, 5, 6, 7]);
const overAxes = (center: boolean, norm: typeof layerNorm | typeof rmsNorm): NormCall[] => [
  callOf({ name: "with a mask under which one sample has nothing", shape: [3, 4], groups: groupsOver([3, 4], [1]), axes: [1], mask: [rowsMask, [3, 4]], center, run: (x, options) => norm(x, 4, options) }),
  callOf({ name: "with a mask of features", shape: last, groups: groupsOver(last, [1, 2]), axes: [1, 2], mask: [tensor([true, false, true, true]).reshape([1, 4, 1]), [1, 4, 1]], center, run: (x, options) => norm(x, [4, 2], options) }),
  callOf({ name: "over axis 1", shape: last, groups: groupsOver(last, [1]), axes: [1], center, run: (x, options) => norm(x, 4, { ...options, axis: 1 }) }),
  callOf({ name: "over axes 1 and 3, with a mask", shape: image, groups: groupsOver(image, [1, 3]), axes: [1, 3], mask: [drawMask(image), image], center, run: (x, options) => norm(x, [3, 2], { ...options, axis: [1, -1] }) }),
]; // prettier-ignore

/** Over axes of a sample. */
export const layerNormCalls: readonly NormCall[] = overAxes(true, layerNorm);
export const rmsNormCalls: readonly NormCall[] = overAxes(false, rmsNorm);

/** By the deviation alone. */
export const scalingCalls: readonly NormCall[] = [
  callOf({ name: "over the last axis", shape: [3, 4], groups: groupsOver([3, 4], [1]), axes: [1], keepMean: true, run: (x, options) => layerNorm(x, 4, { ...options, rmsScaling: true }) }),
  callOf({ name: "over axes 1 and 2, with a mask", shape: image, groups: groupsOver(image, [1, 2]), axes: [1, 2], mask: [drawMask(image), image], keepMean: true, run: (x, options) => layerNorm(x, [3, 2], { ...options, axis: [1, 2], rmsScaling: true }) }),
]; // prettier-ignore

/** Vectors along several axes. */
export const unitVectorCalls: readonly NormCall[] = [[1, 2], [0, -1]].map((axis) => ({
  name: `along the axes ${axis.join(" and ")}`,
  inputs: [draw(3, 4, 2)],
  run: (x: Tensor) => normalize(x, { axis }),
  naive: (x: number[]) => {
    const y = [...x];
    for (const group of groupsOver([3, 4, 2], axis.map((each) => (each + 3) % 3))) {
      const length = Math.sqrt(exactSum(group.map((at) => x[at]! ** 2)));
      for (const at of group) y[at] = x[at]! / length;
    }
    return y;
  },
})); // prettier-ignore
