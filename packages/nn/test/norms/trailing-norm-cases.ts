import { ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { functional, LayerNorm, RMSNorm } from "../../src/index.ts";
import type { channelNormTests } from "./channel-norm-cases.ts";
import type { lengthNormTests } from "./length-norm-cases.ts";
import { type ParameterIndex, rowGroups, rowIndex } from "./naive-norm.ts";
import { type NormTests, sizeOf, usual } from "./norm-case.ts";

const { layerNorm, plainLayerNorm, plainRMSNorm, rmsNorm } = functional;
const x = zeros([4, 3]);
type Shape = readonly number[];

/** What a norm of trailing axes may be tested over: the last, and all but the batch. */
function trailing(shape: Shape): { axes: Shape; suffix: string; index: ParameterIndex; groups: number[][] }[] {
  const rank = shape.length;
  return (rank > 2 ? [1, rank - 1] : [1]).map((axes) => ({
    axes: shape.slice(rank - axes),
    suffix: ` over ${axes} of ${rank} axes`,
    index: rowIndex(shape, axes),
    groups: rowGroups(shape, axes),
  }));
}

/** All that is tested of the norms over trailing axes: of all that are not in one of the other files. */
export const trailingNormTests: Omit<NormTests, keyof typeof channelNormTests | keyof typeof lengthNormTests> = {
  layerNorm: {
    kinds: (shape) =>
      trailing(shape).map(({ axes, suffix, index, groups }) => ({
        name: `LayerNorm${suffix}`,
        fused: (x, weight, bias, eps = usual) => layerNorm(x, axes, { weight, bias, eps }),
        plain: (x, weight, bias, eps = usual) => plainLayerNorm(x, axes, { weight, bias, eps }),
        naive: { groups, center: true, eps: usual },
        index,
        parameterShape: axes,
      })),
    layers: [
      { layer: new LayerNorm(3, { bias: false }), printed: "LayerNorm(3, eps=1e-5, bias=false)", shape: [4, 3], same: (x) => layerNorm(x, 3) },
      { layer: new LayerNorm([3, 2], { eps: 0.5 }), printed: "LayerNorm([3, 2], eps=0.5)", shape: [4, 3, 2], same: (x) => layerNorm(x, [3, 2], { eps: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => layerNorm(zeros([4, 3, 6]), [3, 5]), ShapeError, "layerNorm: expected trailing axes [3, 5], got input of shape [4, 3, 6]."],
      [() => layerNorm(zeros([5]), [3, 5]), ShapeError, "layerNorm: expected trailing axes [3, 5], got input of shape [5]."],
      [() => layerNorm(x, 3, { weight: zeros([5]) }), ShapeError, "layerNorm: expected weight of shape [3], got [5]."],
      [() => layerNorm(x, []), ShapeError, "layerNorm: expected a shape of at least one whole extent, got []."],
      [() => layerNorm(x, 3, { eps: NaN }), ValueError, "layerNorm: expected eps ≥ 0, got NaN."],
      [() => new LayerNorm(1.5), ShapeError, "LayerNorm: expected a shape of at least one whole extent, got [1.5]."],
      [() => new LayerNorm(3, { momentum: 1 } as object), ValueError, 'LayerNorm: expected options eps, affine, bias, dtype, got "momentum".'],
    ], // prettier-ignore
  },
  rmsNorm: {
    kinds: (shape) =>
      trailing(shape).flatMap(({ axes, suffix, index, groups }) =>
        [1, 0.4].map((partial) => ({
          name: `${partial === 1 ? "RMSNorm" : "pRMSNorm"}${suffix}`,
          fused: (x: Tensor, weight?: Tensor, bias?: Tensor, eps: number = usual) =>
            rmsNorm(x, axes, { weight, bias, eps, partial }),
          plain: (x: Tensor, weight?: Tensor, bias?: Tensor, eps: number = usual) =>
            plainRMSNorm(x, axes, { weight, bias, eps, partial }),
          naive: { groups, center: false, eps: usual, used: Math.ceil(sizeOf(axes) * partial) },
          index,
          parameterShape: axes,
        })),
      ),
    layers: [
      { layer: new RMSNorm(3, { eps: "machine" }), printed: "RMSNorm(3, eps=machine)", shape: [4, 3], same: (x) => rmsNorm(x, 3, { eps: "machine" }) },
      { layer: new RMSNorm(6, { partial: 0.5, affine: false }), printed: "RMSNorm(6, eps=1e-5, affine=false, partial=0.5)", shape: [4, 6], same: (x) => rmsNorm(x, 6, { partial: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => rmsNorm(x, 4), ShapeError, "rmsNorm: expected trailing axes [4], got input of shape [4, 3]."],
      [() => rmsNorm(x, 3, { partial: 0 }), ValueError, "rmsNorm: expected partial in (0, 1], got 0."],
      [() => new RMSNorm(3, { partial: 1.1 }), ValueError, "RMSNorm: expected partial in (0, 1], got 1.1."],
      [() => new RMSNorm(3, { eps: -1 }), ValueError, "RMSNorm: expected eps ≥ 0, or machine, got -1."],
    ], // prettier-ignore
  },
};
