import { cat, chunk, DTypeError, type Shape, ShapeError, split, stack, Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectOptionalTensor,
  expectTensor,
  expectValue,
  formatShape,
  iota,
  isFloat,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import { anglesOf, even } from "./positional-encoding.ts";

/** Which features are turned together. */
export type RotaryLayout = "halfSplit" | "interleaved";

/** Options of {@link RotaryEmbedding}. */
export interface RotaryEmbeddingOptions {
  /**
   * Which features are a pair, of the d that are turned: "halfSplit" i and i + d/2, as in GPT-NeoX, Llama of Hugging Face, Keras and MLX;
   * "interleaved" 2i and 2i + 1, as in RoFormer, Llama of Meta and MLX with `traditional`. "halfSplit" unless given.
   */
  readonly layout?: RotaryLayout;
  /** Ratio of the longest wavelength to the shortest, 10000 unless given. */
  readonly base?: number;
  /** Position of the first element, for what is decoded behind others; 0 unless given. */
  readonly offset?: number;
  /** How many features are turned, the first ones: an even number; all unless given. */
  readonly dimensions?: number | undefined;
  /** Factor of the positions: for sequences n times as long as in training, 1/n is position interpolation; 1 unless given. */
  readonly scale?: number;
}

/** Options of {@link rotaryEmbedding}. */
export interface RotaryEmbeddingArguments extends RotaryEmbeddingOptions {
  /** Positions in place of 0, 1, 2, ...: `[positions]`, or with leading axes that broadcast to those of `x`. */
  readonly positions?: Tensor | undefined;
}

const table: OptionTable<RotaryEmbeddingOptions> = {
  layout: option(ranges.oneOf("halfSplit", "interleaved"), "halfSplit"),
  base: option(ranges.positive, 10_000),
  offset: option(ranges.finite, 0),
  dimensions: optional(even),
  scale: option(ranges.finite, 1),
};
const argumentTable: OptionTable<RotaryEmbeddingArguments> = {
  ...table,
  positions: optional(ranges.instanceOf(Tensor)),
};

/**
 * Turns pairs of features by angles that grow with the position, so that the product of a query and a key depends on how
 * far they are apart: with `φ = scale·(offset + t)·base^(−2i/d)`, the i-th pair (a, b) at position t becomes
 * `(a·cos φ − b·sin φ, a·sin φ + b·cos φ)`. Angles are computed in float64.
 *
 * @param x `[..., positions, features]`; integers become float32
 * @returns as `x`
 * @throws {ShapeError} unless d, all features or `dimensions`, is even and no more than there are
 * @see Su et al. 2021, RoFormer, https://arxiv.org/abs/2104.09864; `scale`: Chen et al. 2023, https://arxiv.org/abs/2306.15595
 * @example
 * const x = tensor([[1, 0], [1, 0]]);
 * rotaryEmbedding(x).toArray(); // => [[1, 0], [0.5403, 0.8415]]
 * const four = tensor([[1, 2, 3, 4]]);
 * rotaryEmbedding(four, { positions: tensor([Math.PI]), base: 1 }).toArray(); // => [[-1, -2, -3, -4]]
 */
export function rotaryEmbedding(x: Tensor, options: RotaryEmbeddingArguments = {}): Tensor {
  const fn = "rotaryEmbedding";
  expectTensor(fn, "x", x);
  const {
    layout,
    base,
    offset,
    dimensions = x.shape.at(-1) ?? 0,
    scale,
    positions,
  } = settleOptions(fn, options, argumentTable);
  checkTurned(fn, x, dimensions);
  const float = isFloat(x.dtype) ? x : x.to("float32");
  const others = x.shape.at(-1)! - dimensions;
  const [turned, rest] = others === 0 ? [float] : split(float, [dimensions, others], -1);
  const places = x.shape.slice(0, -1);
  if (positions !== undefined) checkPositions(fn, positions, places);
  const position = (positions ?? iota([places.at(-1)!], 0)).to("float64").add(offset).mul(scale);
  const angles = anglesOf(position, dimensions, base);
  const [cos, sin] = [angles.cos().to(float.dtype), angles.sin().to(float.dtype)]; // [..., positions, dimensions / 2]
  const [a, b] = pairsOf(turned, layout);
  const pairs = [a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))];
  const joined = layout === "halfSplit" ? cat(pairs, -1) : stack(pairs, -1).reshape(turned.shape);
  return rest === undefined ? joined : cat([joined, rest], -1);
}

function checkTurned(fn: string, { shape, ndim }: Tensor, dimensions: number): void {
  if (ndim < 2) throw new ShapeError(`${fn}: expected x of at least two axes, got shape ${formatShape(shape)}.`);
  if (!even.has(dimensions)) {
    throw new ShapeError(`${fn}: expected features ${even.text}, got x of shape ${formatShape(shape)}.`);
  }
  if (dimensions > shape.at(-1)!) {
    throw new ShapeError(`${fn}: expected at least ${dimensions} features, got x of shape ${formatShape(shape)}.`);
  }
}

function checkPositions(fn: string, { dtype, shape, ndim }: Tensor, places: Shape): void {
  if (dtype === "bool") throw new DTypeError(`${fn}: expected positions of numbers, got bool.`);
  const extra = places.length - ndim;
  const fits = ndim > 0 && extra >= 0 && shape.every((extent, axis) => extent === 1 || extent === places[axis + extra]);
  if (fits && shape.at(-1) === places.at(-1)) return;
  throw new ShapeError(
    `${fn}: expected positions of shape [${places.at(-1)!}], or one that broadcasts to ${formatShape(places)}, got ${formatShape(shape)}.`,
  );
}

/** The first and the second of each pair, `[..., dimensions / 2]`. */
function pairsOf(x: Tensor, layout: RotaryLayout): readonly [Tensor, Tensor] {
  if (layout === "halfSplit") return chunk(x, 2, -1) as [Tensor, Tensor];
  const [a, b] = chunk(x.reshape([...x.shape.slice(0, -1), x.shape.at(-1)! / 2, 2]), 2, -1) as [Tensor, Tensor];
  return [a.squeeze(-1), b.squeeze(-1)];
}

/**
 * {@link rotaryEmbedding} as a layer, without parameters: for queries and keys of attention, or as `rotary` of
 * `MultiHeadAttention`.
 *
 * @example
 * const rotary = new RotaryEmbedding(4, { layout: "interleaved" });
 * rotary.forward(randn([2, 3, 5, 4])).shape; // => [2, 3, 5, 4]
 * new MultiHeadAttention(8, 2, { rotary }).forward(randn([5, 2, 8])).shape; // => [5, 2, 8]
 */
export class RotaryEmbedding extends ConfiguredModule<RotaryEmbeddingOptions> {
  static override readonly name: string = "RotaryEmbedding";
  /** Features of the inputs. */
  readonly features: number;

  constructor(features: number, options: RotaryEmbeddingOptions = {}) {
    super(options, table, [features]);
    expectValue("RotaryEmbedding", "features", features, this.options.dimensions === undefined ? even : ranges.extent);
    this.features = features;
    const { dimensions = features } = this.options;
    if (dimensions > features) {
      throw new ShapeError(`RotaryEmbedding: expected dimensions of at most ${features}, got ${dimensions}.`);
    }
  }

  /**
   * @param x `[..., positions, features]`
   * @param positions as those of `rotaryEmbedding`
   */
  override forward(x: Tensor, positions?: Tensor, ...none: []): Tensor {
    expectNothing("RotaryEmbedding.forward", none);
    expectTensor("RotaryEmbedding.forward", "x", x);
    expectOptionalTensor("RotaryEmbedding.forward", "positions", positions);
    if (x.shape.at(-1) !== this.features) {
      throw new ShapeError(
        `RotaryEmbedding: expected input of shape [..., positions, ${this.features}], got ${formatShape(x.shape)}.`,
      );
    }
    return rotaryEmbedding(x, { ...this.options, positions });
  }
}
