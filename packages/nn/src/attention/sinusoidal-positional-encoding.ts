import { cat, type Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  iota,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import { even } from "./positional-encoding.ts";

/** Options of {@link sinusoidalPositionalEncoding}. */
export interface SinusoidalPositionalEncodingOptions {
  /** Of the last sine and cosine, 1e-4 unless given. */
  readonly minFrequency?: number;
  /** Of the first sine and cosine, 1 unless given. */
  readonly maxFrequency?: number;
  /** Factor of the result; √(2/features) unless given, which makes vectors of length 1. */
  readonly scale?: number | undefined;
  /** Whether cosines come before sines; false unless given. */
  readonly cosFirst?: boolean;
  /** Whether frequencies count full turns, 2π; false unless given. */
  readonly fullTurns?: boolean;
}

const table: OptionTable<SinusoidalPositionalEncodingOptions> = {
  minFrequency: option(ranges.positive, 1e-4),
  maxFrequency: option(ranges.positive, 1),
  scale: optional(ranges.finite),
  cosFirst: option(ranges.flag, false),
  fullTurns: option(ranges.flag, false),
};

/**
 * Sines, and then cosines, of numbers such as positions or times of diffusion, at geometrically spaced frequencies from
 * `maxFrequency` down to `minFrequency`, both included: `scale·[sin(x·f₀), ..., sin(x·fₙ₋₁), cos(x·f₀), ..., cos(x·fₙ₋₁)]` with
 * `n = features/2` and `fᵢ = max·(min/max)^(i/(n−1))`. Angles are computed in float64. Of one pair, the frequency is the largest.
 *
 * With `scale: 1` these are the embeddings of times of DDPM; `positionalEncoding` has sines and cosines in turn.
 *
 * @param x any shape; integers become float32
 * @param features an even number
 * @returns `[..., features]`
 * @see Ho, Jain and Abbeel 2020, https://arxiv.org/abs/2006.11239
 * @example
 * sinusoidalPositionalEncoding(tensor([0, 1]), 2).toArray(); // => [[0, 1], [0.8415, 0.5403]]
 * new SinusoidalPositionalEncoding(6).forward(tensor([[1, 2, 3]])).shape; // => [1, 3, 6]
 */
export function sinusoidalPositionalEncoding(
  x: Tensor,
  features: number,
  options: SinusoidalPositionalEncodingOptions = {},
): Tensor {
  const fn = "sinusoidalPositionalEncoding";
  expectTensor(fn, "x", x);
  expectValue(fn, "features", features, even);
  const settled = settleOptions(fn, options, table);
  const { minFrequency, maxFrequency, scale = Math.sqrt(2 / features), cosFirst, fullTurns } = settled;
  const pairs = features / 2;
  const step = pairs === 1 ? 0 : Math.log(minFrequency / maxFrequency) / (pairs - 1);
  const frequency = iota([pairs], 0)
    .to("float64")
    .mul(step)
    .exp()
    .mul(maxFrequency * (fullTurns ? 2 * Math.PI : 1));
  const angle = x.to("float64").unsqueeze(-1).mul(frequency); // [..., pairs]
  const waves = cosFirst ? [angle.cos(), angle.sin()] : [angle.sin(), angle.cos()];
  return cat(waves, -1)
    .mul(scale)
    .to(x.dtype === "float64" ? "float64" : "float32");
}

/** {@link sinusoidalPositionalEncoding} as a layer, without parameters. */
export class SinusoidalPositionalEncoding extends ConfiguredModule<SinusoidalPositionalEncodingOptions> {
  static override readonly name: string = "SinusoidalPositionalEncoding";
  /** Features of the outputs. */
  readonly features: number;

  constructor(features: number, options: SinusoidalPositionalEncodingOptions = {}) {
    super(options, table, [features]);
    expectValue("SinusoidalPositionalEncoding", "features", features, even);
    this.features = features;
  }

  /** @param x any shape */
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("SinusoidalPositionalEncoding.forward", none);
    return sinusoidalPositionalEncoding(x, this.features, this.options);
  }
}
