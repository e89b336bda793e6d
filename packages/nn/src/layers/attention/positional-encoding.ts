import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { checkOptions, formatShape } from "@tapegrad/tensor/internal";
import { checkEvenFeatures, positionalEncoding } from "../../functional/attention/positional-encoding.ts";
import { Module } from "../../module/module.ts";

/** Options of {@link PositionalEncoding}. */
export interface PositionalEncodingOptions {
  /** Whether sequences are `[batch, time, features]`; `[time, batch, features]` unless given. */
  readonly batchFirst?: boolean;
  /** Ratio of the longest wavelength to the shortest, 10000 unless given. */
  readonly base?: number;
}

/**
 * Adds sines and cosines of its position to every element of a sequence: see `functional.positionalEncoding`.
 *
 * @param features an even number
 * @throws {ValueError} for an odd number of features
 *
 * @example
 * ```ts
 * new PositionalEncoding(2).forward(zeros([2, 1, 2])).toArray(); // => [[[0, 1]], [[0.8415, 0.5403]]]
 * ```
 */
export class PositionalEncoding extends Module {
  readonly features: number;
  readonly batchFirst: boolean;
  readonly base: number;

  constructor(features: number, options: PositionalEncodingOptions = {}) {
    super();
    checkOptions("PositionalEncoding", options, ["batchFirst", "base"]);
    checkEvenFeatures("PositionalEncoding", features);
    this.features = features;
    this.batchFirst = options.batchFirst ?? false;
    this.base = options.base ?? 10_000;
  }

  /** @param x `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]` */
  override forward(x: Tensor): Tensor {
    if ((x.ndim !== 2 && x.ndim !== 3) || x.shape.at(-1) !== this.features) {
      const layout = this.batchFirst ? "batch, time" : "time, batch";
      throw new ShapeError(
        `PositionalEncoding: expected input of shape [${layout}, ${this.features}], got ${formatShape(x.shape)}.`,
      );
    }
    const timeAxis = x.ndim === 3 && this.batchFirst ? 1 : 0;
    const dtype = x.dtype === "float64" ? "float64" : "float32";
    const table = positionalEncoding(x.shape[timeAxis]!, this.features, { base: this.base, dtype });
    return x.add(x.ndim === 3 && !this.batchFirst ? table.unsqueeze(1) : table);
  }

  override details(): string {
    return String(this.features);
  }
}
