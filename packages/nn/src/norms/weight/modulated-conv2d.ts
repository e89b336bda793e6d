import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  formatValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { convOf } from "../../convolution/conv.ts";
import { type ConvolutionOptions, convolutionTable } from "../../convolution/conv-plan.ts";
import { eachAxis, type PerAxis, perAxis } from "../../convolution/per-axis.ts";
import { type AffineOptions, affineParameters, affineTable } from "../../dense/affine-parameters.ts";
import type { Dense } from "../../dense/dense.ts";
import { type Initializer, initializer } from "../../init/initializer.ts";
import { checkDTypes } from "../../module/check-dtypes.ts";
import { checkVector } from "../../module/check-vector.ts";
import { ConfiguredModule } from "../../module/configured-module.ts";
import type { Parameter } from "../../module/parameter.ts";
import { checkChannels, checkGroups, perChannel } from "../channels.ts";
import { modulationLayer } from "../modulation.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "ModulatedConv2d(in, out, size, conditions)",
  axes: "the weight of a convolution: every filter to length 1, after a condition has scaled its input channels",
  formula: "w'_oik = s_i · w_oik / √(Σ_ik (s_i · w_oik)² + ε)",
  parameters: "the weight, and what makes s − 1 of the condition",
  paper: { title: "Karras et al. 2019", link: "https://arxiv.org/abs/1912.04958" },
  invariances: ["scale of the weights", "scale of one neuron's weights"],
  centred: false,
};

/** What modulation adds to a convolution. */
export interface DemodulationOptions {
  /** Whether filters get length 1 afterwards; true unless given. */
  readonly demodulate?: boolean;
  /** Added to the squared length inside the root; 1e-8 unless given. */
  readonly eps?: number;
}

/** Options of {@link modulatedConv2d}. */
export interface ModulatedConvolutionOptions extends ConvolutionOptions, DemodulationOptions {}

/** Options of {@link ModulatedConv2d}. */
export interface ModulatedConv2dOptions
  extends
    ConvolutionOptions,
    DemodulationOptions,
    Pick<AffineOptions, "init" | "generator" | "dtype" | "kernelRegularizer" | "kernelConstraint"> {
  /** Initialiser of the weight that makes s − 1 of a condition; zeros unless given, with which no condition has an effect at first. */
  readonly styleInit?: Initializer;
}

const demodulation: OptionTable<DemodulationOptions> = {
  demodulate: option(ranges.flag, true),
  eps: option(ranges.nonNegative, 1e-8),
};
const argumentTable: OptionTable<ModulatedConvolutionOptions> = { ...convolutionTable(2), ...demodulation };
const { init, generator, dtype, kernelRegularizer, kernelConstraint } = affineTable;
const table: OptionTable<ModulatedConv2dOptions> = {
  ...argumentTable,
  ...{ init, styleInit: option(initializer, "zeros"), generator, dtype, kernelRegularizer, kernelConstraint },
};

const convolve = convOf(2, "modulatedConv2d");

/** `1 / √(Σ_ik (s_i · w_oik)² + ε)` for each sample and filter, `[N, O]`: the squares of both apart, so that no filter is made. */
function inverseLengths(weight: Tensor, style: Tensor, groups: number, eps: number): Tensor {
  const [out, inside, ...size] = weight.shape as [number, number, ...number[]];
  const squares = weight
    .reshape([groups, out / groups, inside, sizeOf(size)])
    .square()
    .sum({ axis: 3 });
  const styles = style.square().reshape([style.shape[0]!, groups, inside, 1]);
  return squares.matmul(styles).reshape([style.shape[0]!, out]).add(eps).rsqrt();
}

/**
 * A convolution of each sample with filters of its own: a style scales their input channels, and weight demodulation
 * divides every filter by its length, which keeps the outputs as large as the inputs whatever the style is.
 *
 * `y = x ∗ w'` with `w'_oik = s_i · w_oik / √(Σ_ik (s_i · w_oik)² + ε)`, i over the input channels and k over the positions of the
 * filter. It is computed as one convolution with w, of inputs that s has scaled, whose outputs are divided by the lengths.
 *
 * @param x `[N, C, H, W]`
 * @param weight `[O, C / groups, kH, kW]`
 * @param style s, `[N, C]`
 * @returns `[N, O, H', W']`, as of `conv2d`
 * @throws {ShapeError} when channels or styles do not fit, or the window is larger than the padded input
 * @throws {DTypeError} unless x, weight and style have one numeric dtype
 * @see Karras et al. 2019, https://arxiv.org/abs/1912.04958
 * @example
 * const x = ones([2, 2, 1, 1]);
 * const y = modulatedConv2d(x, tensor([3, 4], { shape: [1, 2, 1, 1] }), tensor([[1, 1], [1, 0]]));
 * y.flatten().toArray(); // => [1.4, 1]
 */
export function modulatedConv2d(
  x: Tensor,
  weight: Tensor,
  style: Tensor,
  options: ModulatedConvolutionOptions = {},
): Tensor {
  const fn = "modulatedConv2d";
  const { demodulate, eps, ...convolution } = settleOptions(fn, options, argumentTable);
  expectTensor(fn, "x", x);
  expectTensor(fn, "weight", weight);
  expectTensor(fn, "style", style);
  if (x.ndim !== 4) throw new ShapeError(`${fn}: expected input of shape [N, C, H, W], got ${formatShape(x.shape)}.`);
  checkVector(fn, "style", style, x.shape.slice(0, 2));
  checkDTypes(fn, { input: x, weight, style });
  const y = convolve(x.mul(perChannel(style, 4)), weight, undefined, convolution);
  return demodulate ? y.mul(perChannel(inverseLengths(weight, style, convolution.groups, eps), 4)) : y;
}

/**
 * {@link modulatedConv2d} as a layer with trained filters: a Dense layer makes s − 1 of a condition. There is neither bias
 * nor activation: what belongs between, such as noise, differs.
 *
 * @example
 * const layer = new ModulatedConv2d(4, 8, 3, 5, { padding: "same" });
 * layer.forward(randn([2, 4, 6, 6]), randn([2, 5])).shape; // => [2, 8, 6, 6]
 */
export class ModulatedConv2d extends ConfiguredModule<ModulatedConv2dOptions, [x: Tensor, condition: Tensor]> {
  static override readonly name: string = "ModulatedConv2d";
  /** Channels of the input. */
  readonly inChannels: number;
  /** Filters: `[outChannels, inChannels / groups, ...size]` */
  weight: Parameter;
  /** What makes s − 1 of a condition. */
  readonly modulation: Dense;

  /**
   * @param size extents of a filter, one number for both axes or a number each
   * @param conditions extent of a condition
   */
  constructor(
    inChannels: number,
    outChannels: number,
    size: PerAxis,
    conditions: number,
    options: ModulatedConv2dOptions = {},
  ) {
    super(options, table, [inChannels, outChannels, formatValue(size), conditions]);
    const fn = new.target.name;
    expectValue(fn, "inChannels", inChannels, ranges.extent);
    expectValue(fn, "outChannels", outChannels, ranges.extent);
    expectValue(fn, "size", size, perAxis(2, ranges.count));
    expectValue(fn, "conditions", conditions, ranges.extent);
    const { groups, styleInit, ...settled } = this.options;
    checkGroups(fn, groups, inChannels);
    checkGroups(fn, groups, outChannels);
    this.inChannels = inChannels;
    const none = { bias: false, biasInit: undefined, biasRegularizer: undefined, biasConstraint: undefined };
    const shape = [outChannels, inChannels / groups, ...eachAxis(2, size)];
    this.weight = affineParameters(fn, shape, outChannels, { ...settled, ...none }).weight;
    this.modulation = modulationLayer(conditions, inChannels, { ...settled, init: styleInit });
  }

  /**
   * @param x `[N, inChannels, H, W]`
   * @param condition `[N, conditions]`
   */
  override forward(x: Tensor, condition: Tensor, ...none: []): Tensor {
    expectNothing("ModulatedConv2d.forward", none);
    checkChannels("modulatedConv2d", x, this.inChannels);
    const { stride, padding, dilation, groups, demodulate, eps } = this.options;
    const style = this.modulation.forward(condition).add(1);
    return modulatedConv2d(x, this.weight, style, { stride, padding, dilation, groups, demodulate, eps });
  }
}
