import { assign, type Generator, type Tensor, where, zeros } from "@tapegrad/tensor";
import { checkOptions, iota } from "@tapegrad/tensor/internal";
import { embedding, resolvePadding } from "../../functional/embedding/embedding.ts";
import { fillNormal, source } from "../../init/fill.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkFeatures } from "../check-features.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";
import { initialize, type Initializer } from "../initializer.ts";

/** Options of {@link Embedding}. */
export interface EmbeddingOptions {
  /** Row that starts as zeros and is not trained, from the end if negative; none unless given. */
  readonly paddingIndex?: number;
  /** Initialiser of the table; PyTorch's N(0, 1) unless given. */
  readonly init?: Initializer;
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator;
  /** Dtype of the table, float32 unless given. */
  readonly dtype?: FloatDType;
}

/**
 * A trained vector for each of `count` tokens: see `functional.embedding`.
 *
 * @param count number of rows
 * @param features length of a vector
 * @throws {ShapeError} for extents below 1
 * @throws {ValueError} for a `paddingIndex` out of range
 *
 * @example
 * ```ts
 * const layer = new Embedding(27, 8);
 * layer.forward(tensor([[1, 2, 0]], { dtype: "int32" })).shape; // => [1, 3, 8]
 * Object.keys(layer.stateDict()); // => ["weight"]
 * ```
 */
export class Embedding extends Module {
  readonly count: number;
  readonly features: number;
  /** Row without a gradient, counted from the start. */
  readonly paddingIndex: number | undefined;
  /** `[count, features]` */
  readonly weight: Parameter;

  constructor(count: number, features: number, options: EmbeddingOptions = {}) {
    super();
    checkOptions("Embedding", options, ["paddingIndex", "init", "generator", "dtype"]);
    const { paddingIndex, init, dtype = "float32" } = options;
    checkFeatures("Embedding", "count", count);
    checkFeatures("Embedding", "features", features);
    checkFloatDType("Embedding", dtype);
    this.count = count;
    this.features = features;
    this.paddingIndex = resolvePadding("Embedding", paddingIndex, count);
    this.weight = new Parameter(zeros([count, features], { dtype }));
    if (init === undefined) fillNormal(this.weight, 0, 1, source(options));
    else initialize("Embedding", this.weight, init, source(options));
    if (this.paddingIndex !== undefined) {
      const others = iota([count, 1], 0).ne(this.paddingIndex);
      assign(this.weight, where(others, this.weight.detach(), 0));
    }
  }

  /**
   * @param index int32 of any shape, in `[0, count)`
   * @returns `[...index.shape, features]`
   */
  override forward(index: Tensor): Tensor {
    return embedding(index, this.weight, { paddingIndex: this.paddingIndex });
  }

  override details(): string {
    const padding = this.paddingIndex === undefined ? "" : `, paddingIndex=${this.paddingIndex}`;
    return `${this.count}, ${this.features}${padding}`;
  }
}
