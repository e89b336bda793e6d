import { type Shape, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  expectValue,
  formatShape,
  formatValue,
  type OptionTable,
  ranges,
} from "@tapegrad/tensor/internal";
import {
  type ActivationFunction,
  type ActivationOption,
  activationRow,
  givenActivation,
} from "../activations/activation.ts";
import { type AffineOptions, affineParameters, affineTable } from "../dense/affine-parameters.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { Parameter } from "../module/parameter.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import type { ConvolutionOptions } from "./conv-plan.ts";
import { eachAxis, type PerAxis, perAxis } from "./per-axis.ts";

/**
 * Options of parameters and activation of convolutions. An activation along an axis, such as softmax, takes the last one,
 * which is a spatial one here: `(x) => x.softmax({ axis: 1 })` goes along the channels.
 */
export interface FilterOptions extends AffineOptions, ActivationOption {}

/** {@link FilterOptions}, row by row. */
export const filterTable: OptionTable<FilterOptions> = { ...affineTable, ...activationRow };

/** The options that shape the parameters. */
type ShapedOptions = FilterOptions & Pick<ConvolutionOptions, "groups">;

/** A convolution or a transposed one, with trained filters. */
export abstract class FilterLayer<Options extends ShapedOptions> extends ConfiguredModule<Options> {
  /** Number of spatial axes. */
  protected static readonly rank: number;
  /** Channels of the input. */
  readonly inChannels: number;
  /** Channels of the output. */
  readonly outChannels: number;
  /** Extents of a filter. */
  readonly size: Shape;
  /** Filters: `[outChannels, inChannels / groups, ...size]`, or `[inChannels, outChannels / groups, ...size]` if transposed. */
  weight: Parameter;
  /** `[outChannels]` */
  bias: Parameter | undefined;
  /** Applied last. */
  activation: ActivationFunction | undefined;

  constructor(
    inChannels: number,
    outChannels: number,
    size: PerAxis,
    options: Options,
    tableOf: (rank: number) => OptionTable<Options>,
    transposed: boolean,
  ) {
    super(options, tableOf(new.target.rank), [
      inChannels,
      outChannels,
      `size=${formatValue(eachAxis(new.target.rank, size))}`,
    ]);
    const { name: fn, rank } = new.target;
    // Options has all that FilterOptions has, which TypeScript does not see through Required.
    const settled = this.options as Required<ShapedOptions>;
    const { groups } = settled;
    expectValue(fn, "inChannels", inChannels, ranges.extent);
    expectValue(fn, "outChannels", outChannels, ranges.extent);
    expectValue(fn, "size", size, perAxis(rank, ranges.count));
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ShapeError(
        `${fn}: expected channels divisible by ${groups} groups, got ${inChannels} and ${outChannels}.`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.size = eachAxis(rank, size);
    const [many, few] = transposed ? [inChannels, outChannels] : [outChannels, inChannels];
    const parameters = affineParameters(fn, [many, few / groups, ...this.size], outChannels, settled);
    ({ weight: this.weight, bias: this.bias } = parameters);
    this.activation = givenActivation(fn, settled);
  }
}

/** Throws unless input, weight and bias are of one dtype, and the bias is a vector with an element per channel. */
export function checkFilters(fn: string, x: Tensor, weight: Tensor, bias: Tensor | undefined, channels: number): void {
  expectTensor(fn, "x", x);
  checkVector(fn, "bias", bias, [channels]);
  checkDTypes(fn, { input: x, weight, bias });
}

/** The extents of the filters in `weight`; throws unless there are `rank` of them. */
export function filterSize(fn: string, weight: Tensor, rank: number): Shape {
  expectTensor(fn, "weight", weight);
  if (weight.ndim !== rank + 2) {
    throw new ShapeError(`${fn}: expected a weight of ${rank + 2} axes, got shape ${formatShape(weight.shape)}.`);
  }
  return weight.shape.slice(2);
}

/** Adds `bias[c]` to channel `c` of `[N, C, ...]`. */
export function addBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? y : y.add(bias.reshape([bias.size, ...y.shape.slice(2).map(() => 1)]));
}
