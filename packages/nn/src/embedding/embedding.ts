import { assign, DTypeError, ShapeError, type Tensor, ValueError, where, zeros } from "@tapegrad/tensor";
import {
  expectElements,
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  iota,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type AffineOptions, affineTable } from "../dense/affine-parameters.ts";
import { fillNormal } from "../init/fill.ts";
import { initialize, type Initializer } from "../init/initializer.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import type { OptionsOf } from "../module/options-of.ts";

/** Options of {@link embedding}. */
export interface EmbeddingArguments {
  /** Row whose gradient is 0, from the end if negative; a layer's starts as zeros. None unless given. */
  readonly paddingIndex?: number | undefined;
}

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends EmbeddingArguments, Pick<AffineOptions, "generator" | "dtype"> {
  /** Initialiser of the table; PyTorch's N(0, 1) unless given. */
  readonly init?: Initializer | undefined;
}

const argumentTable: OptionTable<EmbeddingArguments> = { paddingIndex: optional(ranges.integer) };
const { init, generator, dtype } = affineTable;
const table: OptionTable<EmbeddingOptions> = { ...argumentTable, init, generator, dtype };

/**
 * Rows of a table by their index: `y[...] = weight[index[...]]`.
 *
 * Backward adds the cotangent of every position to the row it was read from, except for the row `paddingIndex`.
 *
 * @param index whole numbers in `[0, rows)`, int32 of any shape
 * @param weight `[rows, features]`; its dtype is that of the result
 * @returns `[...index.shape, features]`
 * @throws {DTypeError} when `index` is not int32
 * @throws {ShapeError} when `weight` is not a matrix
 * @throws {ValueError} for an index or `paddingIndex` out of range
 * @see Bengio et al. 2003, https://www.jmlr.org/papers/v3/bengio03a.html
 * @example
 * embedding(tensor([2, 0], { dtype: "int32" }), tensor([[1, 2], [3, 4], [5, 6]])).toArray(); // => [[5, 6], [1, 2]]
 * const layer = new Embedding(27, 8);
 * layer.forward(tensor([[1, 2, 0]], { dtype: "int32" })).shape; // => [1, 3, 8]
 * Object.keys(layer.stateDict()); // => ["weight"]
 */
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingArguments = {}): Tensor {
  expectTensor("embedding", "index", index);
  expectTensor("embedding", "weight", weight);
  const { paddingIndex } = settleOptions("embedding", options, argumentTable);
  const [count, features] = weight.shape;
  if (count === undefined || features === undefined || weight.ndim !== 2) {
    throw new ShapeError(`embedding: expected a weight of shape [rows, features], got ${formatShape(weight.shape)}.`);
  }
  if (index.dtype !== "int32") {
    throw new DTypeError(`embedding: expected an int32 index, got ${index.dtype}. Convert it with to("int32").`);
  }
  const padding = fromStart("embedding", paddingIndex, count);
  expectElements(index, {
    within: [[0, count - 1]],
    error: (k) => new ValueError(`embedding: expected indices in [0, ${count}), got ${k}.`),
  });
  const flat = index.reshape([index.size]);
  const rows = weight.indexSelect(0, flat); // [positions, features]
  const y = padding === undefined ? rows : where(flat.eq(padding).unsqueeze(-1), rows.detach(), rows);
  return y.reshape([...index.shape, features]);
}

/** {@link embedding} as a layer: a trained vector of `features` elements for each of `count` tokens. */
export class Embedding extends ConfiguredModule<EmbeddingOptions> {
  static override readonly name: string = "Embedding";
  /** How many tokens there are. */
  readonly count: number;
  /** Elements of the vector of a token. */
  readonly features: number;
  /** Row without a gradient, counted from the start. */
  readonly paddingIndex: number | undefined;
  /** `[count, features]` */
  weight: Parameter;

  constructor(count: number, features: number, options: EmbeddingOptions & OptionsOf<"Embedding"> = {}) {
    super(options, table, [count, features]);
    expectValue("Embedding", "count", count, ranges.extent);
    expectValue("Embedding", "features", features, ranges.extent);
    const { paddingIndex, init, generator, dtype } = this.options;
    this.count = count;
    this.features = features;
    this.paddingIndex = fromStart("Embedding", paddingIndex, count);
    this.weight = new Parameter(zeros([count, features], { dtype }));
    if (init === undefined) fillNormal(this.weight, 0, 1, { generator });
    else initialize("Embedding", this.weight, init, { generator });
    if (this.paddingIndex !== undefined) {
      const others = iota([count, 1], 0).ne(this.paddingIndex);
      assign(this.weight, where(others, this.weight.detach(), 0));
    }
  }

  override forward(index: Tensor, ...none: []): Tensor {
    expectNothing("Embedding.forward", none);
    return embedding(index, this.weight, { paddingIndex: this.paddingIndex });
  }
}

/** The padding index counted from the start; throws when there is no such row. */
function fromStart(fn: string, padding: number | undefined, count: number): number | undefined {
  if (padding === undefined) return undefined;
  const rows = ranges.numbers(`in [${-count}, ${count})`, (row) => row >= -count && row < count);
  expectValue(fn, "paddingIndex", padding, rows);
  return padding < 0 ? padding + count : padding;
}
