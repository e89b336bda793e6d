import { type Generator, type Shape, zeros } from "@tapegrad/tensor";
import { fans } from "../../init/fans.ts";
import { fillUniform, source } from "../../init/fill.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";
import { initialize, type Initializer } from "../../init/initializer.ts";

/** Options of parameters of convolutions. */
export interface FilterOptions {
  /** Whether there is a bias; true unless given. */
  readonly bias?: boolean;
  /** Initialiser of the weight; PyTorch's `U(±1/√fanIn)` unless given. */
  readonly init?: Initializer;
  /** Initialiser of the bias; PyTorch's `U(±1/√fanIn)` unless given. */
  readonly biasInit?: Initializer;
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

/** Names of {@link FilterOptions}. */
export const filterKeys: readonly string[] = ["bias", "init", "biasInit", "generator", "dtype"];

/** Weight and bias of a convolution, initialised. */
export function createFilters(
  fn: string,
  shape: Shape,
  channels: number,
  options: FilterOptions,
): { weight: Parameter; bias: Parameter | undefined } {
  const { bias = true, init, biasInit, dtype = "float32" } = options;
  checkFloatDType(fn, dtype);
  const random = source(options);
  const weight = new Parameter(zeros(shape, { dtype }));
  const bound = 1 / Math.sqrt(fans(weight).fanIn);
  const fill = (parameter: Parameter, initializer: Initializer | undefined): Parameter => {
    if (initializer === undefined) fillUniform(parameter, -bound, bound, random);
    else initialize(fn, parameter, initializer, random);
    return parameter;
  };
  fill(weight, init);
  return { weight, bias: bias ? fill(new Parameter(zeros([channels], { dtype })), biasInit) : undefined };
}
