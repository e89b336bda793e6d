import { type PadMode, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import {
  convolution,
  type ConvolutionOptions,
  type ConvolutionPlan,
  planConvolution,
} from "../../functional/convolution/convolution.ts";
import { type PerAxis, perAxis } from "../../functional/convolution/per-axis.ts";
import { Module } from "../../module/module.ts";
import type { Parameter } from "../../module/parameter.ts";
import { checkFeatures } from "../check-features.ts";
import { describeWindow } from "../describe-window.ts";
import { createFilters, filterKeys, type FilterOptions } from "./filters.ts";

/** Options of `Conv1d`, `Conv2d` and `Conv3d`. */
export interface ConvOptions extends ConvolutionOptions, FilterOptions {
  /** What padding adds, zeros unless given. */
  readonly paddingMode?: "zeros" | Exclude<PadMode, "constant">;
}

const modes = ["zeros", "reflect", "replicate", "circular"];

/** A convolution over `rank` spatial axes with trained filters. */
export abstract class Convolution extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly paddingMode: "zeros" | Exclude<PadMode, "constant">;
  /** `[outChannels, inChannels / groups, ...size]` */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | undefined;
  readonly #plan: ConvolutionPlan;
  readonly #options: ConvolutionOptions;

  constructor(rank: number, inChannels: number, outChannels: number, size: PerAxis, options: ConvOptions) {
    super();
    const fn = new.target.name;
    checkOptions(fn, options, ["stride", "padding", "dilation", "groups", "paddingMode", ...filterKeys]);
    const { stride = 1, padding = 0, dilation = 1, groups = 1, paddingMode = "zeros", ...filters } = options;
    checkFeatures(fn, "inChannels", inChannels);
    checkFeatures(fn, "outChannels", outChannels);
    this.#options = { stride, padding, dilation, groups };
    this.#plan = planConvolution(fn, perAxis(fn, "size", size, rank, 1), this.#options);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ShapeError(
        `${fn}: expected channels divisible by ${groups} groups, got ${inChannels} and ${outChannels}.`,
      );
    }
    if (!modes.includes(paddingMode)) {
      throw new ValueError(`${fn}: expected paddingMode ${modes.join(", ")}, got "${String(paddingMode)}".`);
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.paddingMode = paddingMode;
    const created = createFilters(fn, [outChannels, inChannels / groups, ...this.#plan.size], outChannels, filters);
    this.weight = created.weight;
    this.bias = created.bias;
  }

  /**
   * @param x `[N, inChannels, ...spatial]`, or without N for one sample
   * @returns `[N, outChannels, ...]`
   */
  override forward(x: Tensor): Tensor {
    const { size, padding } = this.#plan;
    const rank = size.length;
    if (this.paddingMode === "zeros" || x.ndim < rank)
      return convolution(rank, x, this.weight, this.bias, this.#options);
    const widths = x.shape.map((_, axis): readonly [number, number] => padding[axis - (x.ndim - rank)] ?? [0, 0]);
    const padded = x.pad(widths, { mode: this.paddingMode });
    return convolution(rank, padded, this.weight, this.bias, { ...this.#options, padding: 0 });
  }

  override details(): string {
    const { stride, padding, dilation, groups } = this.#options;
    const mode = this.paddingMode === "zeros" ? undefined : this.paddingMode;
    const bias = this.bias === undefined ? false : undefined;
    const window = describeWindow({ size: this.#plan.size, stride, padding, dilation, groups, mode, bias });
    return `${this.inChannels}, ${this.outChannels}, ${window}`;
  }
}
