import { type FloatDType, type Shape, zeros } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, sizeOf } from "@tapegrad/tensor/internal";
import { fillUniform, type RandomOptions, randomTable } from "../init/fill.ts";
import { initialize, type Initializer, initializer } from "../init/initializer.ts";
import { Parameter } from "../module/parameter.ts";

/** Options of a weight and its bias. */
export interface AffineOptions extends RandomOptions {
  /** Whether there is a bias; true unless given. */
  readonly bias?: boolean;
  /** Initialiser of the weight; PyTorch's `U(±1/√fanIn)` unless given. */
  readonly init?: Initializer | undefined;
  /** Initialiser of the bias; PyTorch's `U(±1/√fanIn)` unless given. */
  readonly biasInit?: Initializer | undefined;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

/** {@link AffineOptions}, row by row. */
export const affineTable: OptionTable<AffineOptions> = {
  bias: option(ranges.flag, true),
  init: optional(initializer),
  biasInit: optional(initializer),
  ...randomTable,
  dtype: option(ranges.floatDType, "float32"),
};

/** A weight of `shape`, whose fan-in is all but its first extent, then a bias of `features` elements. */
export function affineParameters(
  fn: string,
  shape: Shape,
  features: number,
  { bias, init, biasInit, generator, dtype }: Required<AffineOptions>,
): { readonly weight: Parameter; readonly bias: Parameter | undefined } {
  const bound = 1 / Math.sqrt(sizeOf(shape.slice(1)));
  const fill = (extents: Shape, by: Initializer | undefined): Parameter => {
    const parameter = new Parameter(zeros(extents, { dtype }));
    if (by === undefined) fillUniform(parameter, -bound, bound, { generator });
    else initialize(fn, parameter, by, { generator });
    return parameter;
  };
  const weight = fill(shape, init);
  return { weight, bias: bias ? fill([features], biasInit) : undefined };
}
