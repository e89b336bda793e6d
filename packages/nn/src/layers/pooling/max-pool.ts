import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import type { PerAxis } from "../../functional/convolution/per-axis.ts";
import { maxPooling, type MaxPoolOptions } from "../../functional/pooling/max-pooling.ts";
import { resolvePooling } from "../../functional/pooling/pooling-plan.ts";
import { Module } from "../../module/module.ts";
import { describeWindow } from "../describe-window.ts";

abstract class MaxPool extends Module {
  readonly size: PerAxis;
  readonly options: MaxPoolOptions;
  readonly #rank: number;

  constructor(rank: number, size: PerAxis, options: MaxPoolOptions) {
    super();
    checkOptions(new.target.name, options, ["stride", "padding", "dilation", "ceilMode"]);
    resolvePooling(new.target.name, rank, size, options);
    this.size = size;
    this.options = options;
    this.#rank = rank;
  }

  /** @param x `[N, C, ...spatial]`, or without N for one sample */
  override forward(x: Tensor): Tensor {
    return maxPooling(`maxPool${this.#rank}d`, this.#rank, x, this.size, this.options).values;
  }

  override details(): string {
    return describeWindow({ size: this.size, ...this.options });
  }
}

/**
 * The largest element of every window over one axis: see `functional.maxPool1d`.
 *
 * @example
 * ```ts
 * new MaxPool1d(3, { stride: 1, padding: 1 }).forward(tensor([[[1, 5, 2, 0]]])).toArray(); // => [[[5, 5, 5, 2]]]
 * ```
 */
export class MaxPool1d extends MaxPool {
  constructor(size: PerAxis, options: MaxPoolOptions = {}) {
    super(1, size, options);
  }
}

/**
 * The largest element of every window of an image: see `functional.maxPool2d`.
 *
 * @example
 * ```ts
 * new MaxPool2d(2).forward(randn([8, 3, 28, 28])).shape; // => [8, 3, 14, 14]
 * ```
 */
export class MaxPool2d extends MaxPool {
  constructor(size: PerAxis, options: MaxPoolOptions = {}) {
    super(2, size, options);
  }
}

/**
 * The largest element of every window of a volume: see `functional.maxPool3d`.
 *
 * @example
 * ```ts
 * new MaxPool3d(2).forward(randn([1, 3, 4, 6, 8])).shape; // => [1, 3, 2, 3, 4]
 * ```
 */
export class MaxPool3d extends MaxPool {
  constructor(size: PerAxis, options: MaxPoolOptions = {}) {
    super(3, size, options);
  }
}
