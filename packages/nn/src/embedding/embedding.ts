import { assign, DTypeError, type FloatDType, ShapeError, type Tensor, where, zeros } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  iota,
  isFloat,
  markLookupTable,
  option,
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
import { checkLookUp, fromStart, lookUp, type EmbeddingArguments, lookUpTable } from "./look-up.ts";

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends EmbeddingArguments, Pick<AffineOptions, "generator" | "dtype"> {
  /** Initialiser of the table; PyTorch's N(0, 1) unless given. */
  readonly init?: Initializer | undefined;
}

const { init, generator, dtype } = affineTable;
/** {@link EmbeddingOptions}, row by row. */
export const embeddingTable: OptionTable<EmbeddingOptions> = { ...lookUpTable, init, generator, dtype };

/**
 * Rows of a table by their index: `y[...] = weight[index[...]]`.
 *
 * Backward adds the cotangent of every position to the row it was read from, except for the row `paddingIndex`. With
 * `maxNorm` the weight itself is changed first, as in PyTorch, while nothing is recorded: each row that is looked up and longer becomes
 * `w · maxNorm / (‖w‖ + 1e-7)`.
 *
 * @param index whole numbers in `[0, rows)`, int32 of any shape
 * @param weight `[rows, features]`; its dtype is that of the result
 * @returns `[...index.shape, features]`
 * @throws {DTypeError} when `index` is not int32
 * @throws {ShapeError} when `weight` is not a matrix
 * @throws {ValueError} for an index or `paddingIndex` out of range
 * @throws {GradError} for a weight with `maxNorm` that is no leaf
 * @see Bengio et al. 2003, https://www.jmlr.org/papers/v3/bengio03a.html
 * @example
 * embedding(tensor([2, 0], { dtype: "int32" }), tensor([[1, 2], [3, 4], [5, 6]])).toArray(); // => [[5, 6], [1, 2]]
 * const layer = new Embedding(27, 8);
 * layer.forward(tensor([[1, 2, 0]], { dtype: "int32" })).shape; // => [1, 3, 8]
 * Object.keys(layer.stateDict()); // => ["weight"]
 * const short = tensor([[3, 4], [0, 1]]);
 * embedding(tensor([0], { dtype: "int32" }), short, { maxNorm: 1 }).toArray(); // => [[0.6, 0.8]]
 * short.toArray(); // => [[0.6, 0.8], [0, 1]]
 */
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingArguments = {}): Tensor {
  const settled = settleOptions("embedding", options, lookUpTable);
  checkLookUp("embedding", index, weight);
  const [count, features] = weight.shape as [number, number];
  const padding = fromStart("embedding", settled.paddingIndex, count);
  const flat = index.reshape([index.size]);
  const rows = lookUp("embedding", flat, weight, settled); // [positions, features]
  const y = padding === undefined ? rows : where(flat.eq(padding).unsqueeze(-1), rows.detach(), rows);
  return y.reshape([...index.shape, features]);
}

/** A layer with a table of `count` rows. */
export abstract class TableLayer<
  Options extends EmbeddingOptions,
  In extends readonly unknown[] = Tensor[],
> extends ConfiguredModule<Options, In> {
  /** How many tokens there are. */
  readonly count: number;
  /** Elements of the vector of a token. */
  readonly features: number;
  /** Row without a gradient, counted from the start. */
  readonly paddingIndex: number | undefined;
  /** `[count, features]` */
  weight: Parameter;

  constructor(count: number, features: number, options: Options, table: OptionTable<Options>) {
    super(options, table, [count, features]);
    const { name: fn } = new.target;
    expectValue(fn, "count", count, ranges.extent);
    expectValue(fn, "features", features, ranges.extent);
    // Options has all that EmbeddingOptions has, which TypeScript does not see through Required.
    const { paddingIndex, init, generator, dtype } = this.options as Required<EmbeddingOptions>;
    this.count = count;
    this.features = features;
    this.paddingIndex = fromStart(fn, paddingIndex, count);
    this.weight = new Parameter(zeros([count, features], { dtype }));
    markLookupTable(this.weight);
    if (init === undefined) fillNormal(this.weight, 0, 1, { generator });
    else initialize(fn, this.weight, init, { generator });
    if (this.paddingIndex !== undefined) {
      const others = iota([count, 1], 0).ne(this.paddingIndex);
      assign(this.weight, where(others, this.weight.detach(), 0));
    }
  }

  /** How rows are looked up. */
  protected get lookUpOptions(): EmbeddingArguments {
    const { maxNorm, normType, scaleGradByFreq } = this.options as Required<EmbeddingOptions>;
    return { paddingIndex: this.paddingIndex, maxNorm, normType, scaleGradByFreq };
  }
}

/** Options of a layer around a table that is given. */
export interface PretrainedOptions extends EmbeddingArguments {
  /** Whether the table stays as it is; true unless given. */
  readonly freeze?: boolean;
}

/** The table of a layer that is made around it, checked, and the options that the layer takes. */
export function pretrained<Options extends PretrainedOptions>(
  fn: string,
  weight: Tensor,
  options: Options,
  table: OptionTable<Options>,
): { readonly table: Parameter; readonly rest: Omit<Required<Options>, "freeze"> & { readonly dtype: FloatDType } } {
  expectTensor(fn, "weight", weight);
  const { freeze, ...rest } = settleOptions(fn, options, table);
  const { dtype, ndim, shape } = weight;
  if (!isFloat(dtype)) throw new DTypeError(`${fn}: expected a float weight, got ${dtype}.`);
  if (ndim !== 2 || shape.includes(0)) {
    throw new ShapeError(`${fn}: expected a weight of shape [rows, features], got ${formatShape(shape)}.`);
  }
  const parameter = new Parameter(weight, { requiresGrad: freeze !== true });
  markLookupTable(parameter);
  return { table: parameter, rest: { ...rest, dtype: dtype as FloatDType } };
}

const pretrainedTable: OptionTable<PretrainedOptions> = { ...lookUpTable, freeze: option(ranges.flag, true) };

/** {@link embedding} as a layer: a trained vector of `features` elements for each of `count` tokens. */
export class Embedding extends TableLayer<EmbeddingOptions> {
  static override readonly name: string = "Embedding";

  constructor(count: number, features: number, options: EmbeddingOptions & OptionsOf<"Embedding"> = {}) {
    super(count, features, options, embeddingTable);
  }

  /**
   * A layer around a table that was trained before, which shares its storage; frozen unless `freeze` is false.
   *
   * @param weight `[count, features]`; the row `paddingIndex` stays what it is
   * @throws {ShapeError} unless the weight is a matrix
   * @example
   * const layer = Embedding.fromPretrained(tensor([[1, 2], [3, 4]]));
   * layer.forward(tensor([1], { dtype: "int32" })).toArray(); // => [[3, 4]]
   * layer.weight.requiresGrad; // => false
   */
  static fromPretrained(weight: Tensor, options: PretrainedOptions = {}): Embedding {
    const { table, rest } = pretrained("Embedding.fromPretrained", weight, options, pretrainedTable);
    const [count, features] = weight.shape as [number, number];
    const layer = new Embedding(count, features, { ...rest, init: "zeros" });
    layer.weight = table;
    return layer;
  }

  override forward(index: Tensor, ...none: []): Tensor {
    expectNothing("Embedding.forward", none);
    return embedding(index, this.weight, this.lookUpOptions);
  }
}
