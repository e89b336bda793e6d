import { full, type Shape, Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import { checkVector, checkVectors } from "../module/check-vector.ts";
import { Parameter } from "../module/parameter.ts";
import {
  affineParameters,
  type NormArguments,
  normArguments,
  type NormOptions,
  normOptions,
  normRules,
} from "./affine.ts";
import { trailingAxes, TrailingLayer } from "./trailing-norm.ts";

/** Options of the functions that squash every value by itself. */
export interface SquashingArguments extends Omit<NormArguments, "eps"> {
  /** α, one number; 0.5 unless given. */
  readonly alpha?: number | Tensor;
}

/** Options of the layers that squash every value by itself. */
export interface SquashingOptions extends Omit<NormOptions, "eps"> {
  /** Initial α; 0.5 unless given. */
  readonly alpha?: number;
}

const { weight, bias } = normArguments;
/** What stands for one number: itself, or a tensor of no axes. */
export const numberOrTensor: ValueRange<number | Tensor> = ranges.either(ranges.finite, ranges.instanceOf(Tensor));
/** {@link SquashingArguments}, row by row. */
export const squashingArguments: OptionTable<SquashingArguments> = {
  weight,
  bias,
  alpha: option(numberOrTensor, 0.5),
};
const { affine, dtype } = normOptions;
/** {@link SquashingOptions}, row by row. */
export const squashingTable: OptionTable<SquashingOptions> = {
  alpha: option(ranges.finite, 0.5),
  affine,
  dtype,
  ...normRules,
};

/** Throws unless γ and β have the trailing axes of `x` that `shape` says, and what stands for one number has no axes. */
export function checkSquashing(
  fn: string,
  x: Tensor,
  shape: number | Shape,
  { weight, bias }: SquashingArguments,
  scalars: { readonly [name: string]: number | Tensor },
): void {
  checkVectors(fn, trailingAxes(fn, x, shape).extents, { weight, bias });
  for (const [name, value] of Object.entries(scalars)) if (typeof value !== "number") checkVector(fn, name, value, []);
}

/** A layer that squashes every value by itself, with α, γ and β. */
export abstract class SquashingLayer<Options extends SquashingOptions> extends TrailingLayer<Options> {
  /** α, of no axes */
  alpha: Parameter;
  /** γ of shape `shape` */
  weight: Parameter | undefined;
  /** β of shape `shape` */
  bias: Parameter | undefined;

  constructor(shape: number | Shape, options: Options, table: OptionTable<Options>) {
    super(shape, options, table);
    // Options has all that SquashingOptions has, which TypeScript does not see through Required.
    const { alpha, dtype } = this.options as Required<SquashingOptions>;
    this.alpha = new Parameter(full([], alpha, { dtype }));
    ({ weight: this.weight, bias: this.bias } = affineParameters(new.target.name, this.shape, this.options));
  }
}
