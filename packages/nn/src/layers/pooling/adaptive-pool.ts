import type { Tensor } from "@tapegrad/tensor";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from "../../functional/pooling/adaptive-pool.ts";
import { checkOutputSize, type OutputSize } from "../../functional/pooling/adaptive-pooling.ts";
import { Module } from "../../module/module.ts";

type Pool = (x: Tensor, outputSize: OutputSize) => Tensor;

abstract class AdaptivePool extends Module {
  /** Extents of the result; `null` keeps that of the input. */
  readonly outputSize: OutputSize;
  readonly #pool: Pool;

  constructor(rank: number, outputSize: OutputSize, pool: Pool) {
    super();
    checkOutputSize(new.target.name, rank, outputSize);
    this.outputSize = outputSize;
    this.#pool = pool;
  }

  /** @param x `[N, C, ...spatial]`, or without N for one sample */
  override forward(x: Tensor): Tensor {
    return this.#pool(x, this.outputSize);
  }

  override details(): string {
    const { outputSize } = this;
    return typeof outputSize === "number" ? String(outputSize) : `[${outputSize.map(String).join(", ")}]`;
  }
}

/**
 * Means of windows laid out to give an extent: see `functional.adaptiveAvgPool1d`.
 *
 * @example
 * ```ts
 * new AdaptiveAvgPool1d(2).forward(tensor([[[1, 2, 3, 4, 5]]])).toArray(); // => [[[2, 4]]]
 * ```
 */
export class AdaptiveAvgPool1d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super(1, outputSize, adaptiveAvgPool1d);
  }
}

/**
 * Means of windows of an image laid out to give extents: see `functional.adaptiveAvgPool2d`.
 *
 * @example
 * ```ts
 * new AdaptiveAvgPool2d([5, null]).forward(randn([2, 3, 8, 9])).shape; // => [2, 3, 5, 9]
 * ```
 */
export class AdaptiveAvgPool2d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super(2, outputSize, adaptiveAvgPool2d);
  }
}

/**
 * Means of windows of a volume laid out to give extents: see `functional.adaptiveAvgPool3d`.
 *
 * @example
 * ```ts
 * new AdaptiveAvgPool3d(1).forward(randn([2, 3, 8, 9, 4])).shape; // => [2, 3, 1, 1, 1]
 * ```
 */
export class AdaptiveAvgPool3d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super(3, outputSize, adaptiveAvgPool3d);
  }
}

/**
 * Largest elements of windows laid out to give an extent: see `functional.adaptiveMaxPool1d`.
 *
 * @example
 * ```ts
 * new AdaptiveMaxPool1d(2).forward(tensor([[[1, 5, 3, 4, 2]]])).toArray(); // => [[[5, 4]]]
 * ```
 */
export class AdaptiveMaxPool1d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super(1, outputSize, adaptiveMaxPool1d);
  }
}

/**
 * Largest elements of windows of an image laid out to give extents: see `functional.adaptiveMaxPool2d`.
 *
 * @example
 * ```ts
 * new AdaptiveMaxPool2d(4).forward(randn([2, 3, 8, 9])).shape; // => [2, 3, 4, 4]
 * ```
 */
export class AdaptiveMaxPool2d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super(2, outputSize, adaptiveMaxPool2d);
  }
}

/**
 * Largest elements of windows of a volume laid out to give extents: see `functional.adaptiveMaxPool3d`.
 *
 * @example
 * ```ts
 * new AdaptiveMaxPool3d(2).forward(randn([2, 3, 8, 9, 4])).shape; // => [2, 3, 2, 2, 2]
 * ```
 */
export class AdaptiveMaxPool3d extends AdaptivePool {
  constructor(outputSize: OutputSize) {
    super(3, outputSize, adaptiveMaxPool3d);
  }
}
