import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import type { PerAxis } from "../../functional/convolution/per-axis.ts";
import { averagePooling, type AveragePoolOptions } from "../../functional/pooling/average-pooling.ts";
import { resolvePooling } from "../../functional/pooling/pooling-plan.ts";
import { Module } from "../../module/module.ts";
import { describeWindow } from "../describe-window.ts";

abstract class AvgPool extends Module {
  readonly size: PerAxis;
  readonly options: AveragePoolOptions;
  readonly #rank: number;

  constructor(rank: number, size: PerAxis, options: AveragePoolOptions) {
    super();
    checkOptions(new.target.name, options, ["stride", "padding", "ceilMode", "countIncludePad", "divisor"]);
    resolvePooling(new.target.name, rank, size, options);
    this.size = size;
    this.options = options;
    this.#rank = rank;
  }

  /** @param x `[N, C, ...spatial]`, or without N for one sample */
  override forward(x: Tensor): Tensor {
    return averagePooling(this.#rank, x, this.size, this.options);
  }

  override details(): string {
    return describeWindow({ size: this.size, ...this.options });
  }
}

/**
 * The mean of every window over one axis: see `functional.avgPool1d`.
 *
 * @example
 * ```ts
 * new AvgPool1d(2).forward(tensor([[[1, 5, 2, 0]]])).toArray(); // => [[[3, 1]]]
 * ```
 */
export class AvgPool1d extends AvgPool {
  constructor(size: PerAxis, options: AveragePoolOptions = {}) {
    super(1, size, options);
  }
}

/**
 * The mean of every window of an image: see `functional.avgPool2d`.
 *
 * @example
 * ```ts
 * new AvgPool2d(3, { stride: 2, padding: 1 }).forward(randn([8, 3, 28, 28])).shape; // => [8, 3, 14, 14]
 * ```
 */
export class AvgPool2d extends AvgPool {
  constructor(size: PerAxis, options: AveragePoolOptions = {}) {
    super(2, size, options);
  }
}

/**
 * The mean of every window of a volume: see `functional.avgPool3d`.
 *
 * @example
 * ```ts
 * new AvgPool3d(2).forward(randn([1, 3, 4, 6, 8])).shape; // => [1, 3, 2, 3, 4]
 * ```
 */
export class AvgPool3d extends AvgPool {
  constructor(size: PerAxis, options: AveragePoolOptions = {}) {
    super(3, size, options);
  }
}
