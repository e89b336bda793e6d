import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { type PerAxis, perAxis } from "../../functional/convolution/per-axis.ts";
import {
  planTransposed,
  transposedConvolution,
  type TransposedConvolutionOptions,
} from "../../functional/convolution/transposed-convolution.ts";
import { Module } from "../../module/module.ts";
import type { Parameter } from "../../module/parameter.ts";
import { checkFeatures } from "../check-features.ts";
import { describeWindow } from "../describe-window.ts";
import { createFilters, filterKeys, type FilterOptions } from "./filters.ts";

/** Options of `ConvTranspose1d`, `ConvTranspose2d` and `ConvTranspose3d`. */
export interface ConvTransposeOptions extends TransposedConvolutionOptions, FilterOptions {}

/** A transposed convolution over `rank` spatial axes with trained filters. */
export abstract class TransposedConvolution extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  /** `[inChannels, outChannels / groups, ...size]` */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | undefined;
  readonly #size: readonly number[];
  readonly #options: TransposedConvolutionOptions;

  constructor(rank: number, inChannels: number, outChannels: number, size: PerAxis, options: ConvTransposeOptions) {
    super();
    const fn = new.target.name;
    checkOptions(fn, options, ["stride", "padding", "outputPadding", "dilation", "groups", ...filterKeys]);
    const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1, ...filters } = options;
    checkFeatures(fn, "inChannels", inChannels);
    checkFeatures(fn, "outChannels", outChannels);
    this.#size = perAxis(fn, "size", size, rank, 1);
    this.#options = { stride, padding, outputPadding, dilation, groups };
    planTransposed(fn, this.#size, this.#options);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ShapeError(
        `${fn}: expected channels divisible by ${groups} groups, got ${inChannels} and ${outChannels}.`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    const created = createFilters(fn, [inChannels, outChannels / groups, ...this.#size], outChannels, filters);
    this.weight = created.weight;
    this.bias = created.bias;
  }

  /**
   * @param x `[N, inChannels, ...spatial]`, or without N for one sample
   * @returns `[N, outChannels, ...]`
   */
  override forward(x: Tensor): Tensor {
    return transposedConvolution(this.#size.length, x, this.weight, this.bias, this.#options);
  }

  override details(): string {
    const { outputPadding } = this.#options;
    const extra = outputPadding === 0 ? undefined : outputPadding;
    const bias = this.bias === undefined ? false : undefined;
    const window = describeWindow({ size: this.#size, ...this.#options, outputPadding: extra, bias });
    return `${this.inChannels}, ${this.outChannels}, ${window}`;
  }
}
