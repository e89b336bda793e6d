import { type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { globalAvgPool, type GlobalAvgPoolOptions } from "../../functional/pooling/global-avg-pool.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * The mean of every channel over all its positions: see `functional.globalAvgPool`.
 *
 * @example
 * ```ts
 * new GlobalAvgPool().forward(randn([8, 32, 7, 7])).shape; // => [8, 32]
 * ```
 */
export class GlobalAvgPool extends Module {
  readonly options: GlobalAvgPoolOptions;

  constructor(options: GlobalAvgPoolOptions = {}) {
    super();
    checkOptions("GlobalAvgPool", options, ["keepDims"]);
    this.options = options;
  }

  /** @param x `[N, C, ...spatial]` */
  override forward(x: Tensor): Tensor {
    return globalAvgPool(x, this.options);
  }

  override details(): string {
    return describeOptions(this.options);
  }
}
