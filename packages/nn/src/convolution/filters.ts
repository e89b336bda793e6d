import { DTypeError, type Shape, ShapeError, type Tensor, zeros } from "@tapegrad/tensor";
import {
  expectValue,
  extent,
  flag,
  type FloatDType,
  floatDType,
  formatShape,
  count,
  option,
  optional,
  type OptionTable,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { fillUniform, type RandomOptions, randomTable } from "../init/fill.ts";
import { initialize, type Initializer, initializer } from "../init/initializer.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { checkVector } from "../norms/check-vector.ts";
import type { ConvolutionOptions } from "./convolution-plan.ts";
import { eachAxis, type PerAxis, perAxis } from "./per-axis.ts";

/** Options of parameters of convolutions. */
export interface FilterOptions extends RandomOptions {
  /** Whether there is a bias; true unless given. */
  readonly bias?: boolean;
  /** Initialiser of the weight; PyTorch's `U(±1/√fanIn)` unless given. */
  readonly init?: Initializer | undefined;
  /** Initialiser of the bias; PyTorch's `U(±1/√fanIn)` unless given. */
  readonly biasInit?: Initializer | undefined;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

/** {@link FilterOptions}, row by row. */
export const filterTable: OptionTable<FilterOptions> = {
  bias: option(flag, true),
  init: optional(initializer),
  biasInit: optional(initializer),
  ...randomTable,
  dtype: option(floatDType, "float32"),
};

/** The options that shape the parameters. */
type ShapedOptions = FilterOptions & Pick<ConvolutionOptions, "groups">;

/** A convolution or a transposed one, with trained filters. */
export abstract class FilterLayer<Options extends ShapedOptions> extends ConfiguredModule<Options> {
  /** Number of spatial axes. */
  protected static readonly rank: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Extents of a filter. */
  readonly size: Shape;
  /** Filters: `[outChannels, inChannels / groups, ...size]`, or `[inChannels, outChannels / groups, ...size]` if transposed. */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | undefined;

  constructor(
    inChannels: number,
    outChannels: number,
    size: PerAxis,
    options: Options,
    tableOf: (rank: number) => OptionTable<Options>,
    transposed: boolean,
  ) {
    super(options, tableOf(new.target.rank));
    const { name: fn, rank } = new.target;
    // Options has all that FilterOptions has, which TypeScript does not see through Required.
    const { groups, bias, dtype, init, biasInit, generator } = this.options as Required<ShapedOptions>;
    expectValue(fn, "inChannels", inChannels, extent);
    expectValue(fn, "outChannels", outChannels, extent);
    expectValue(fn, "size", size, perAxis(rank, count));
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ShapeError(
        `${fn}: expected channels divisible by ${groups} groups, got ${inChannels} and ${outChannels}.`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.size = eachAxis(rank, size);
    const [many, few] = transposed ? [inChannels, outChannels] : [outChannels, inChannels];
    const shape = [many, few / groups, ...this.size];
    const bound = 1 / Math.sqrt(sizeOf(shape.slice(1)));
    const fill = (extents: Shape, by: Initializer | undefined): Parameter => {
      const parameter = new Parameter(zeros(extents, { dtype }));
      if (by === undefined) fillUniform(parameter, -bound, bound, { generator });
      else initialize(fn, parameter, by, { generator });
      return parameter;
    };
    this.weight = fill(shape, init);
    this.bias = bias ? fill([outChannels], biasInit) : undefined;
  }

  protected override positional(): readonly (number | string)[] {
    return [this.inChannels, this.outChannels, `size=${formatShape(this.size)}`];
  }
}

/**
 * Throws unless input, weight and bias are of one dtype, and the bias is a vector with an element per channel.
 *
 * @throws {ShapeError | DTypeError} if not
 */
export function checkFilters(fn: string, x: Tensor, weight: Tensor, bias: Tensor | undefined, channels: number): void {
  checkVector(fn, "bias", bias, [channels]);
  if (x.dtype !== weight.dtype || (bias !== undefined && bias.dtype !== x.dtype)) {
    const got = [x, weight, ...(bias === undefined ? [] : [bias])].map((t) => t.dtype).join(", ");
    throw new DTypeError(`${fn}: expected input, weight and bias of one dtype, got ${got}.`);
  }
}

/**
 * The extents of the filters in `weight`.
 *
 * @throws {ShapeError} unless there are `rank` of them
 */
export function filterSize(fn: string, weight: Tensor, rank: number): Shape {
  if (weight.ndim !== rank + 2) {
    throw new ShapeError(`${fn}: expected a weight of ${rank + 2} axes, got shape ${formatShape(weight.shape)}.`);
  }
  return weight.shape.slice(2);
}

/** Adds `bias[c]` to channel `c` of `[N, C, ...]`. */
export function addBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? y : y.add(bias.reshape([bias.size, ...y.shape.slice(2).map(() => 1)]));
}
