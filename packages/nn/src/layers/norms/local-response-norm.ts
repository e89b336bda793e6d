import type { Tensor } from "@tapegrad/tensor";
import {
  checkLocalResponse,
  localResponseNorm,
  type LocalResponseNormOptions,
} from "../../functional/norms/local-response-norm.ts";
import { Module } from "../../module/module.ts";
import { describeOptions } from "../describe-options.ts";

/**
 * Local response normalization over `size` neighbouring channels: see `functional.localResponseNorm`.
 *
 * @param size number of channels in the window
 *
 * Krizhevsky, Sutskever and Hinton 2012, https://papers.nips.cc/paper/4824
 *
 * @example
 * ```ts
 * new LocalResponseNorm(5, { k: 2 }).forward(ones([1, 8, 2, 2])).shape; // => [1, 8, 2, 2]
 * ```
 */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly options: LocalResponseNormOptions;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super();
    checkLocalResponse("LocalResponseNorm", size, options);
    this.size = size;
    this.options = { ...options };
  }

  /** @param x `[N, C, ...positions]` */
  override forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, this.options);
  }

  override details(): string {
    const options = describeOptions(this.options);
    return options === "" ? String(this.size) : `${this.size}, ${options}`;
  }
}
