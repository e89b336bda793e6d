import { type Extent, isFixed } from "../graph/extent.ts";
import { Float, type GraphWriter } from "../graph/graph-writer.ts";
import type { Operand } from "../primitives/row.ts";
import { epsilonOf } from "../primitives/standardize.ts";
import { type CallRows, ofFloats } from "./row.ts";

/** A vector of channels, which may be laid along those of an input. */
function flat(writer: GraphWriter, vector: Operand): Operand {
  const [channels] = vector.shape as readonly [Extent];
  if (vector.shape.length === 1) return vector;
  return { ...vector, name: writer.reshape(vector.name, [channels]), shape: [channels] };
}

/** γ and β, which ONNX wants both: one per channel. */
function affine(
  writer: GraphWriter,
  x: Operand,
  weight: Operand | undefined,
  bias: Operand | undefined,
): readonly [scale: string, shift: string] | undefined {
  const channels = x.shape[1]!;
  if (!isFixed(channels)) return undefined;
  const filled = (value: number): string => writer.filled(value, [channels], x.dtype);
  return [weight?.name ?? filled(1), bias?.name ?? filled(0)];
}

/** γ of the axes from `axes[0]` on, where they do not follow the batch. */
function trailingScale(
  writer: GraphWriter,
  x: Operand,
  weight: Operand | undefined,
  axes: readonly number[],
): string | undefined {
  const extents = x.shape.slice(axes[0]);
  return extents.every(isFixed) ? (weight?.name ?? writer.filled(1, extents, x.dtype)) : undefined;
}

/** Norms of activations. */
export const norms: CallRows<
  "batchNorm" | "instanceNorm" | "groupNorm" | "layerNorm" | "rmsNorm" | "localResponseNorm"
> = {
  batchNorm: ofFloats((writer, [x, ...vectors], { eps }) => {
    const [mean, variance, weight, bias] = vectors.map((vector) => vector && flat(writer, vector));
    const scaled = affine(writer, x, weight, bias);
    const inputs = scaled && [x.name, ...scaled, mean!.name, variance!.name];
    return inputs && writer.node("BatchNormalization", inputs, { epsilon: new Float(eps) });
  }),
  instanceNorm: ofFloats((writer, [x, weight, bias], { eps }) => {
    const epsilon = epsilonOf(eps);
    const scaled = epsilon && affine(writer, x, weight, bias);
    return scaled && writer.node("InstanceNormalization", [x.name, ...scaled], { epsilon });
  }),
  groupNorm: ofFloats((writer, [x, weight, bias], { groups, eps }) => {
    const epsilon = epsilonOf(eps);
    if (epsilon === undefined || writer.opset < 21) return undefined;
    const scaled = affine(writer, x, weight, bias);
    return scaled && writer.node("GroupNormalization", [x.name, ...scaled], { num_groups: groups, epsilon });
  }),
  layerNorm: ofFloats((writer, [x, weight, bias], { axes, eps }) => {
    const epsilon = epsilonOf(eps);
    const scale = epsilon && trailingScale(writer, x, weight, axes);
    return scale && writer.node("LayerNormalization", [x.name, scale, bias?.name], { axis: axes[0]!, epsilon });
  }),
  rmsNorm: ofFloats((writer, [x, weight, bias], { axes, eps }) => {
    const epsilon = epsilonOf(eps);
    if (epsilon === undefined || writer.opset < 23) return undefined;
    const scale = trailingScale(writer, x, weight, axes);
    const scaled = scale && writer.node("RMSNormalization", [x.name, scale], { axis: axes[0]!, epsilon });
    return scaled && bias ? writer.node("Add", [scaled, bias.name]) : scaled;
  }),
  // Elsewhere the neighbours of an even number lie otherwise, and images alone are taken.
  localResponseNorm: ofFloats((writer, [x], { size, alpha, beta, k }) =>
    size % 2 === 1 && x.shape.length === 4
      ? writer.node("LRN", [x.name], { size, alpha: new Float(alpha), beta: new Float(beta), bias: new Float(k) })
      : undefined,
  ),
};
