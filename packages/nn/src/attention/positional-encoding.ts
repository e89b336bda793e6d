import { type FloatDType, ShapeError, stack, type Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  iota,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import { type RecurrentOptions, recurrentTable } from "../recurrent/recurrent.ts";

/** Options of {@link positionalEncoding}. */
export interface PositionalEncodingArguments {
  /** Ratio of the longest wavelength to the shortest, 10000 unless given. */
  readonly base?: number;
  /** Position of the first row, for what is decoded behind others; 0 unless given. */
  readonly offset?: number;
  /** Dtype of the table, float32 unless given; angles are always float64. */
  readonly dtype?: FloatDType;
}

/** Options of {@link PositionalEncoding}. */
export interface PositionalEncodingOptions
  extends Pick<PositionalEncodingArguments, "base" | "offset">, Pick<RecurrentOptions, "batchFirst"> {}

const base = option(ranges.positive, 10_000);
const offset = option(ranges.finite, 0);
const dtype = option(ranges.floatDType, "float32");
const argumentTable: OptionTable<PositionalEncodingArguments> = { base, offset, dtype };
const table: OptionTable<PositionalEncodingOptions> = { batchFirst: recurrentTable.batchFirst, base, offset };

/** Numbers of features that sines and cosines can share. */
export const even: ValueRange<number> = ranges.numbers(
  "to be an even number ≥ 2",
  (n) => n >= 2 && Number.isSafeInteger(n / 2),
);

/** Angles `position · base^(−2i/features)` of pairs of features, `[..., features / 2]`, from float64 positions. */
export function anglesOf(position: Tensor, features: number, base: number): Tensor {
  const pair = iota([features / 2], 0).to("float64");
  return position.unsqueeze(-1).mul(pair.mul((-2 * Math.log(base)) / features).exp());
}

/**
 * Sines and cosines of a position at geometrically spaced wavelengths:
 * `PE[t, 2i] = sin((offset + t) / base^(2i/features))`, `PE[t, 2i+1] = cos((offset + t) / base^(2i/features))`.
 *
 * @param length number of positions
 * @param features an even number
 * @returns `[length, features]`
 * @see Vaswani et al. 2017, section 3.5, https://arxiv.org/abs/1706.03762
 * @example
 * positionalEncoding(2, 2).toArray(); // => [[0, 1], [0.8415, 0.5403]]
 * new PositionalEncoding(2).forward(zeros([2, 1, 2])).toArray(); // => [[[0, 1]], [[0.8415, 0.5403]]]
 */
export function positionalEncoding(
  length: number,
  features: number,
  options: PositionalEncodingArguments = {},
): Tensor {
  const fn = "positionalEncoding";
  const { base, offset, dtype } = settleOptions(fn, options, argumentTable);
  expectValue(fn, "features", features, even);
  expectValue(fn, "length", length, ranges.count);
  const angle = anglesOf(iota([length], 0).to("float64").add(offset), features, base);
  return stack([angle.sin(), angle.cos()], -1).reshape([length, features]).to(dtype);
}

/** Adds its {@link positionalEncoding} to every element of a sequence. */
export class PositionalEncoding extends ConfiguredModule<PositionalEncodingOptions> {
  static override readonly name: string = "PositionalEncoding";
  /** Features of the inputs. */
  readonly features: number;

  constructor(features: number, options: PositionalEncodingOptions = {}) {
    super(options, table, [features]);
    expectValue("PositionalEncoding", "features", features, even);
    this.features = features;
  }

  /** @param x `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]` */
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("PositionalEncoding.forward", none);
    expectTensor("PositionalEncoding.forward", "x", x);
    const { base, offset, batchFirst } = this.options;
    if ((x.ndim !== 2 && x.ndim !== 3) || x.shape.at(-1) !== this.features) {
      const layout = batchFirst ? "batch, time" : "time, batch";
      throw new ShapeError(
        `PositionalEncoding: expected input of shape [${layout}, ${this.features}], got ${formatShape(x.shape)}.`,
      );
    }
    const timeAxis = x.ndim === 3 && batchFirst ? 1 : 0;
    const dtype = x.dtype === "float64" ? "float64" : "float32";
    const table = positionalEncoding(x.shape[timeAxis]!, this.features, { base, offset, dtype });
    return x.add(x.ndim === 3 && !batchFirst ? table.unsqueeze(1) : table);
  }
}
