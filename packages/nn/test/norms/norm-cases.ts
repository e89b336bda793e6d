import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import {
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  plainBatchNorm,
  plainGroupNorm,
  plainInstanceNorm,
  plainLayerNorm,
  plainRMSNorm,
  rmsNorm,
} from "../../src/functional.ts";
import { channelGroups, channelIndex, type NaiveNorm, type ParameterIndex, rowGroups, rowIndex } from "./naive-norm.ts";

/** One way to normalize an input of a given shape. */
export interface NormKind {
  readonly name: string;
  readonly fused: (x: Tensor, weight?: Tensor, bias?: Tensor, eps?: number) => Tensor;
  readonly plain: (x: Tensor, weight?: Tensor, bias?: Tensor, eps?: number) => Tensor;
  readonly naive: NaiveNorm;
  readonly index: ParameterIndex;
  /** Shape of γ and β. */
  readonly parameterShape: readonly number[];
}

/** How the numbers of an input are distributed. */
export interface Distribution {
  readonly name: string;
  readonly scale: number;
  readonly offset: number;
}

const usual = 1e-5;

export const distributions: readonly Distribution[] = [
  { name: "standard normal", scale: 1, offset: 0 },
  { name: "scaled by 1e-2", scale: 1e-2, offset: 0 },
  { name: "offset by 1e3", scale: 1, offset: 1e3 },
  { name: "offset by 1e4", scale: 1, offset: 1e4 },
  { name: "zero variance", scale: 0, offset: 0.75 },
];

/** Ranks 2 to 5, a batch of one, features and positions of size 1. */
export const shapes: readonly (readonly number[])[] = [
  [4, 3],
  [1, 4],
  [3, 1],
  [2, 3, 2],
  [1, 2, 3],
  [2, 1, 3],
  [2, 2, 2, 2],
  [2, 4, 3],
  [1, 3, 2, 1],
  [2, 2, 1, 2, 2],
];

/** Every norm that is legal for an input of `shape`. */
export function normKinds(shape: readonly number[]): NormKind[] {
  const rank = shape.length;
  const kinds: NormKind[] = [];
  const channels = channelGroups(shape);
  if ((channels[0]?.length ?? 0) > 1) {
    kinds.push({
      name: "BatchNorm",
      fused: (x, weight, bias, eps = usual) => batchNorm(x, { weight, bias, eps }),
      plain: (x, weight, bias, eps = usual) => plainBatchNorm(x, { weight, bias, eps }),
      naive: { groups: channels, center: true, eps: usual },
      index: channelIndex(shape),
      parameterShape: [shape[1] ?? 0],
    });
  }
  const perChannel = { index: channelIndex(shape), parameterShape: [shape[1] ?? 0] };
  if (rank > 2 && (channels[0]?.length ?? 0) > (shape[0] ?? 0)) {
    kinds.push({
      name: "InstanceNorm",
      fused: (x, weight, bias, eps = usual) => instanceNorm(x, { weight, bias, eps }),
      plain: (x, weight, bias, eps = usual) => plainInstanceNorm(x, { weight, bias, eps }),
      naive: { groups: rowGroups(shape, rank - 2), center: true, eps: usual },
      ...perChannel,
    });
  }
  const size = shape.reduce((product, extent) => product * extent, 1);
  for (const groups of new Set([1, shape[1] === 4 ? 2 : 1, shape[1] ?? 1])) {
    const runs = (shape[0] ?? 1) * groups;
    if (size === groups) continue;
    kinds.push({
      name: `GroupNorm of ${groups} groups`,
      fused: (x, weight, bias, eps = usual) => groupNorm(x, groups, { weight, bias, eps }),
      plain: (x, weight, bias, eps = usual) => plainGroupNorm(x, groups, { weight, bias, eps }),
      naive: { groups: rowGroups([runs, size / runs], 1), center: true, eps: usual },
      ...perChannel,
    });
  }
  for (const axes of rank > 2 ? [1, rank - 1] : [1]) {
    const trailing = shape.slice(rank - axes);
    const rows = { groups: rowGroups(shape, axes), eps: usual };
    const index = rowIndex(shape, axes);
    const suffix = ` over ${axes} of ${rank} axes`;
    kinds.push({
      name: `LayerNorm${suffix}`,
      fused: (x, weight, bias, eps = usual) => layerNorm(x, trailing, { weight, bias, eps }),
      plain: (x, weight, bias, eps = usual) => plainLayerNorm(x, trailing, { weight, bias, eps }),
      naive: { ...rows, center: true },
      index,
      parameterShape: trailing,
    });
    for (const partial of [1, 0.4]) {
      const length = rows.groups[0]?.length ?? 0;
      kinds.push({
        name: `${partial === 1 ? "RMSNorm" : "pRMSNorm"}${suffix}`,
        fused: (x, weight, bias, eps = usual) => rmsNorm(x, trailing, { weight, bias, eps, partial }),
        plain: (x, weight, bias, eps = usual) => plainRMSNorm(x, trailing, { weight, bias, eps, partial }),
        naive: { ...rows, center: false, used: Math.ceil(length * partial) },
        index,
        parameterShape: trailing,
      });
    }
  }
  return kinds;
}

/** A float64 input; with scale 0 all its elements are equal. */
export function sample(shape: readonly number[], { scale, offset }: Distribution, seed: number): Tensor {
  return randn(shape, { dtype: "float64", generator: new Generator(seed) })
    .mul(scale)
    .add(offset);
}

/** γ around 1 and β around 0, neither of them trivial. */
export function parameters(shape: readonly number[], seed: number): [weight: Tensor, bias: Tensor] {
  const generator = new Generator(seed);
  const weight = randn(shape, { dtype: "float64", generator }).mul(0.5).add(1.25);
  return [weight, randn(shape, { dtype: "float64", generator })];
}

/** The elements as plain numbers. */
export function numbers(t: Tensor): number[] {
  return Array.from(t.data);
}

/** Numbers as a float64 tensor. */
export function float64(values: readonly number[], shape: readonly number[]): Tensor {
  return tensor(Float64Array.from(values), { shape });
}

/** Largest difference, relative to the largest wanted value or to `floor` if that is more. */
export function relativeError(got: ArrayLike<number>, want: readonly number[], floor: number = 0): number {
  let scale = floor;
  for (const w of want) scale = Math.max(scale, Math.abs(w));
  let worst = got.length === want.length ? 0 : Infinity;
  want.forEach((w, i) => {
    const difference = Math.abs((got[i] ?? NaN) - w);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  });
  return worst === 0 ? 0 : worst / scale;
}
