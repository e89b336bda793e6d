import { ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { AdaNorm, DetachNorm, functional, LayerNorm, RMSNorm, ScaleNorm } from "../../src/index.ts";
import { layerNormCalls, rmsNormCalls, scalingCalls } from "./masked-norm-cases.ts";
import { type ParameterIndex, rowGroups, rowIndex } from "./naive-norm.ts";
import { type NormKind, type NormTests, sizeOf, usual } from "./norm-case.ts";

const { adaNorm, detachNorm, layerNorm, rmsNorm, scaleNorm } = functional;
const { plainAdaNorm, plainDetachNorm, plainLayerNorm, plainRMSNorm, plainScaleNorm } = functional;
const x = zeros([4, 3]);
const c3 = zeros([3]);
type Shape = readonly number[];

/** Trailing axes that a norm is tested over. */
interface Trailing {
  readonly axes: Shape;
  readonly suffix: string;
  readonly index: ParameterIndex;
  readonly groups: number[][];
}

/** What a norm of trailing axes may be tested over: the last, and all but the batch. */
function trailing(shape: Shape): Trailing[] {
  const rank = shape.length;
  return (rank > 2 ? [1, rank - 1] : [1]).map((axes) => ({
    axes: shape.slice(rank - axes),
    suffix: ` over ${axes} of ${rank} axes`,
    index: rowIndex(shape, axes),
    groups: rowGroups(shape, axes),
  }));
}

/** Mean and deviation over the axes of `shape`, by the book. */
function statistics(x: Tensor, shape: Shape, eps: number): [mean: Tensor, deviation: Tensor] {
  const over = { axis: shape.map((_, i) => x.ndim - 1 - i), keepDims: true };
  const mean = x.mean(over);
  return [mean, x.sub(mean).square().mean(over).add(eps).sqrt()];
}

/** RMSNorm by a part of the elements. */
function rootMeanSquare({ axes, suffix, index, groups }: Trailing, partial: number): NormKind {
  return {
    name: `RMSNorm${suffix}, partial ${partial}`,
    fused: (x, weight, bias, eps = usual) => rmsNorm(x, axes, { weight, bias, eps, partial }),
    plain: (x, weight, bias, eps = usual) => plainRMSNorm(x, axes, { weight, bias, eps, partial }),
    naive: { groups, center: false, eps: usual, used: Math.ceil(sizeOf(axes) * partial) },
    index,
    parameterShape: axes,
  };
}

/** All that is tested of the norms over trailing axes. */
export const trailingNormTests: Pick<
  NormTests,
  | "layerNorm"
  | "layerNormSimple"
  | "layerNormScaling"
  | "rmsNorm"
  | "partialRMSNorm"
  | "scaleNorm"
  | "adaNorm"
  | "detachNorm"
> = {
  layerNorm: {
    also: layerNormCalls,
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
      [() => new LayerNorm(3, { momentum: 1 } as object), ValueError, 'LayerNorm: expected options eps, affine, bias, dtype, gammaRegularizer, betaRegularizer, gammaConstraint, betaConstraint, axis, rmsScaling, got "momentum".'],
    ], // prettier-ignore
  },
  layerNormSimple: {
    kinds: (shape) =>
      trailing(shape).map(({ axes, suffix, index, groups }) => ({
        name: `LayerNorm without γ and β${suffix}`,
        fused: (x, _weight, _bias, eps = usual) => layerNorm(x, axes, { eps }),
        plain: (x, _weight, _bias, eps = usual) => plainLayerNorm(x, axes, { eps }),
        naive: { groups, center: true, eps: usual },
        index,
        parameterShape: undefined,
      })),
    layers: [
      { layer: new LayerNorm(3, { affine: false }), printed: "LayerNorm(3, eps=1e-5, affine=false)", shape: [4, 3], same: (x) => layerNorm(x, 3) },
    ], // prettier-ignore
    errors: [
      [() => new LayerNorm(3, { affine: 0 as never }), ValueError, "LayerNorm: expected affine to be true or false, got 0."],
    ], // prettier-ignore
  },
  layerNormScaling: {
    also: scalingCalls,
    kinds: (shape) =>
      trailing(shape).map(({ axes, suffix, index, groups }) => ({
        name: `LayerNorm by the deviation${suffix}`,
        fused: (x, weight, bias, eps = usual) => layerNorm(x, axes, { weight, bias, eps, rmsScaling: true }),
        plain: (x, weight, bias, eps = usual) => plainLayerNorm(x, axes, { weight, bias, eps, rmsScaling: true }),
        naive: { groups, center: true, keepMean: true, eps: usual },
        index,
        parameterShape: axes,
      })),
    layers: [
      { layer: new LayerNorm(3, { rmsScaling: true, bias: false }), printed: "LayerNorm(3, eps=1e-5, bias=false, rmsScaling=true)", shape: [4, 3], same: (x) => layerNorm(x, 3, { rmsScaling: true }) },
    ], // prettier-ignore
    errors: [
      [() => new LayerNorm(3, { rmsScaling: 1 as never }), ValueError, "LayerNorm: expected rmsScaling to be true or false, got 1."],
    ], // prettier-ignore
  },
  rmsNorm: {
    also: rmsNormCalls,
    kinds: (shape) => trailing(shape).map((over) => rootMeanSquare(over, 1)),
    layers: [
      { layer: new RMSNorm(3), printed: "RMSNorm(3, eps=machine)", shape: [4, 3], same: (x) => rmsNorm(x, 3, { eps: 2 ** -23 }) },
    ], // prettier-ignore
    errors: [
      [() => rmsNorm(x, 4), ShapeError, "rmsNorm: expected trailing axes [4], got input of shape [4, 3]."],
      [() => new RMSNorm(3, { eps: -1 }), ValueError, "RMSNorm: expected eps ≥ 0, or machine, got -1."],
    ], // prettier-ignore
  },
  partialRMSNorm: {
    kinds: (shape) => trailing(shape).map((over) => rootMeanSquare(over, 0.4)),
    layers: [
      { layer: new RMSNorm(6, { partial: 0.5, affine: false }), printed: "RMSNorm(6, eps=machine, affine=false, partial=0.5)", shape: [4, 6], same: (x) => rmsNorm(x, 6, { partial: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => rmsNorm(x, 3, { partial: 0 }), ValueError, "rmsNorm: expected partial in (0, 1], got 0."],
      [() => new RMSNorm(3, { partial: 1.1 }), ValueError, "RMSNorm: expected partial in (0, 1], got 1.1."],
    ], // prettier-ignore
  },
  scaleNorm: {
    kinds: (shape) =>
      trailing(shape).map(({ axes, suffix, index, groups }) => ({
        name: `ScaleNorm${suffix}`,
        fused: (x, weight, _, eps = usual) => scaleNorm(x, axes, { weight, eps }),
        plain: (x, weight, _, eps = usual) => plainScaleNorm(x, axes, { weight, eps }),
        naive: { groups, center: false, eps: usual / sizeOf(axes), factor: (_, length) => 1 / Math.sqrt(length) },
        index: index.map(() => 0),
        parameterShape: [],
        noBias: true,
      })),
    layers: [
      { layer: new ScaleNorm(4), printed: "ScaleNorm(4, eps=1e-5)", shape: [3, 4], same: (x) => scaleNorm(x, 4, { weight: tensor(2) }) },
      { layer: new ScaleNorm([2, 3], { scale: 1, eps: 0.5 }), printed: "ScaleNorm([2, 3], eps=0.5, scale=1)", shape: [4, 2, 3], same: (x) => scaleNorm(x, [2, 3], { eps: 0.5, weight: tensor(1) }) },
    ], // prettier-ignore
    errors: [
      [() => scaleNorm(x, 4), ShapeError, "scaleNorm: expected trailing axes [4], got input of shape [4, 3]."],
      [() => scaleNorm(x, 3, { weight: c3 }), ShapeError, "scaleNorm: expected weight of shape [], got [3]."],
      [() => new ScaleNorm(3, { scale: NaN }), ValueError, "ScaleNorm: expected scale to be a finite number, got NaN."],
    ], // prettier-ignore
  },
  adaNorm: {
    kinds: (shape) =>
      trailing(shape).flatMap(({ axes, suffix, index, groups }) =>
        [
          { k: 0.1, scale: 1 },
          { k: 0.3, scale: 2 },
        ].map(({ k, scale }) => ({
          name: `AdaNorm of k ${k} and C ${scale}${suffix}`,
          fused: (x: Tensor, _w?: Tensor, _b?: Tensor, eps = usual) => adaNorm(x, axes, { k, scale, eps }),
          plain: (x: Tensor, _w?: Tensor, _b?: Tensor, eps = usual) => plainAdaNorm(x, axes, { k, scale, eps }),
          naive: { groups, center: true, eps: usual, factor: (xhat: number) => scale * (1 - k * xhat) },
          index,
          parameterShape: undefined,
          frozen: (at: Tensor, eps: number) => {
            const [mean, deviation] = statistics(at, axes, eps);
            const factor = at.sub(mean).div(deviation).mul(-k).add(1).mul(scale);
            return (x: Tensor) => {
              const [mean, deviation] = statistics(x, axes, eps);
              return x.sub(mean).div(deviation).mul(factor);
            };
          },
        })),
      ),
    layers: [
      { layer: new AdaNorm(4), printed: "AdaNorm(4, eps=1e-5)", shape: [3, 4], same: (x) => adaNorm(x, 4) },
      { layer: new AdaNorm([2, 3], { k: 0.2, scale: 2 }), printed: "AdaNorm([2, 3], scale=2, k=0.2, eps=1e-5)", shape: [4, 2, 3], same: (x) => adaNorm(x, [2, 3], { k: 0.2, scale: 2 }) },
    ], // prettier-ignore
    errors: [
      [() => adaNorm(x, 4), ShapeError, "adaNorm: expected trailing axes [4], got input of shape [4, 3]."],
      [() => adaNorm(x, 3, { k: Infinity }), ValueError, "adaNorm: expected k to be a finite number, got Infinity."],
      [() => new AdaNorm(3, { bias: true } as object), ValueError, 'AdaNorm: expected options scale, k, eps, got "bias".'],
    ], // prettier-ignore
  },
  detachNorm: {
    dense: (x, w) => detachNorm(x.matmul(w.transpose()), 6, { eps: 0 }),
    kinds: (shape) =>
      trailing(shape).flatMap(({ axes, suffix, index, groups }) =>
        (["mean", "deviation", "both"] as const).map((detach) => ({
          name: `DetachNorm of ${detach}${suffix}`,
          fused: (x: Tensor, _w?: Tensor, _b?: Tensor, eps = usual) => detachNorm(x, axes, { detach, eps }),
          plain: (x: Tensor, _w?: Tensor, _b?: Tensor, eps = usual) => plainDetachNorm(x, axes, { detach, eps }),
          naive: { groups, center: true, eps: usual, held: detach },
          index,
          parameterShape: undefined,
          frozen: (at: Tensor, eps: number) => {
            const [heldMean, heldDeviation] = statistics(at, axes, eps);
            return (x: Tensor) => {
              const [mean, deviation] = statistics(x, axes, eps);
              return x.sub(detach === "deviation" ? mean : heldMean).div(detach === "mean" ? deviation : heldDeviation);
            };
          },
        })),
      ),
    layers: [
      { layer: new DetachNorm(4), printed: "DetachNorm(4, eps=1e-5)", shape: [3, 4], same: (x) => detachNorm(x, 4) },
      { layer: new DetachNorm(4, { detach: "mean" }), printed: "DetachNorm(4, detach=mean, eps=1e-5)", shape: [3, 4], same: (x) => layerNorm(x, 4) },
    ], // prettier-ignore
    errors: [
      [() => detachNorm(x, 4), ShapeError, "detachNorm: expected trailing axes [4], got input of shape [4, 3]."],
      [() => new DetachNorm(3, { detach: "none" as "both" }), ValueError, "DetachNorm: expected detach mean, deviation or both, got none."],
    ], // prettier-ignore
  },
};
