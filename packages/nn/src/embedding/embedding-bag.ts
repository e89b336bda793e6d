import { DTypeError, ShapeError, Tensor, ValueError, where, zeros } from "@tapegrad/tensor";
import {
  expectElements,
  expectNothing,
  formatShape,
  iota,
  option,
  optional,
  type OptionTable,
  ranges,
  sameShape,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { largest } from "../segments/segment-max.ts";
import { means, sums } from "../segments/segments.ts";
import { type EmbeddingOptions, embeddingTable, pretrained, type PretrainedOptions, TableLayer } from "./embedding.ts";
import { checkLookUp, fromStart, lookUp, type EmbeddingArguments, lookUpTable } from "./look-up.ts";

interface BagOptions {
  /** What becomes of the rows of a bag: their sum, their mean, or the largest of each feature; the mean unless given. */
  readonly mode?: "sum" | "mean" | "max";
  /** Whether the offsets end with the number of all indices, so that there is one more than bags; false unless given. */
  readonly includeLastOffset?: boolean;
}

/** Options of {@link embeddingBag}. */
export interface EmbeddingBagArguments extends EmbeddingArguments, BagOptions {
  /** Where each bag begins among the indices, int32 of shape `[bags]`, in order and 0 at first; for an index of one axis. */
  readonly offsets?: Tensor | undefined;
  /** A factor for each row, of the shape of the index, in mode `"sum"`; 1 unless given. */
  readonly perSampleWeights?: Tensor | undefined;
}

const bagTable: OptionTable<BagOptions> = {
  mode: option(ranges.oneOf("sum", "mean", "max"), "mean"),
  includeLastOffset: option(ranges.flag, false),
};
const argumentTable: OptionTable<EmbeddingBagArguments> = {
  ...lookUpTable,
  ...bagTable,
  offsets: optional(ranges.instanceOf(Tensor)),
  perSampleWeights: optional(ranges.instanceOf(Tensor)),
};

/** What becomes of rows by their bags; 0 in an empty one. */
const combine = { sum: sums, mean: means, max: (rows: Tensor, bag: Tensor, count: number) => largest(rows, bag, count, 0) }; // prettier-ignore

/** Throws for options that do not go together. */
function checkBag(
  fn: string,
  { mode, scaleGradByFreq }: Pick<EmbeddingBagArguments, "mode" | "scaleGradByFreq">,
): void {
  if (mode === "max" && scaleGradByFreq === true) {
    throw new ValueError(`${fn}: expected scaleGradByFreq false in mode max, got true.`);
  }
}

/** To which bag each index belongs, `[n]`, and how many there are. */
function bagsOf(
  fn: string,
  index: Tensor,
  offsets: Tensor | undefined,
  includeLast: boolean,
): { readonly bag: Tensor; readonly count: number } {
  const n = index.size;
  if (index.ndim === 2) {
    if (offsets !== undefined) throw new ValueError(`${fn}: expected no offsets for an index of two axes, got some.`);
    return { bag: iota(index.shape, 0).reshape([n]), count: index.shape[0]! };
  }
  if (index.ndim !== 1) {
    throw new ShapeError(`${fn}: expected an index [bags, length] or [n], got shape ${formatShape(index.shape)}.`);
  }
  if (offsets === undefined) throw new ValueError(`${fn}: expected offsets for an index of one axis, got none.`);
  const count = offsets.size - (includeLast ? 1 : 0);
  if (offsets.dtype !== "int32") throw new DTypeError(`${fn}: expected int32 offsets, got ${offsets.dtype}.`);
  if (offsets.ndim !== 1 || count < 1) {
    const wanted = includeLast ? "[bags + 1]" : "[bags]";
    throw new ShapeError(`${fn}: expected offsets of shape ${wanted}, got ${formatShape(offsets.shape)}.`);
  }
  checkOffsets(fn, offsets, n, includeLast);
  // A bag begins where its offset is: as many as have begun, less one.
  const begins = zeros([n + 1], { dtype: "int32" });
  const begun = begins
    .scatterAdd(0, offsets.slice([0, count]), zeros([count], { dtype: "int32" }).add(1))
    .cumsum({ axis: 0 });
  return { bag: begun.sub(1).slice([0, n]), count };
}

function checkOffsets(fn: string, offsets: Tensor, n: number, includeLast: boolean): void {
  expectElements(offsets, {
    within: [[0, n]],
    error: (k) => new ValueError(`${fn}: expected offsets in [0, ${n}], got ${k}.`),
  });
  expectElements(offsets.slice([0, 1]), {
    within: [[0, 0]],
    error: (k) => new ValueError(`${fn}: expected offsets to begin with 0, got ${k}.`),
  });
  expectElements(offsets.slice([1]).sub(offsets.slice([0, -1])), {
    within: [[0, n]],
    error: (step) =>
      new ValueError(`${fn}: expected offsets in order, got one that is ${-step} less than the one before.`),
  });
  if (!includeLast) return;
  expectElements(offsets.slice([-1]), {
    within: [[n, n]],
    error: (k) => new ValueError(`${fn}: expected offsets to end with the number of indices ${n}, got ${k}.`),
  });
}

/**
 * The sum, the mean or the largest elements of the rows of each bag: `embedding` and a reduction. An empty bag gives 0.
 *
 * Rows `paddingIndex` are left out, of the mean too. `maxNorm` changes the weight itself, as in `embedding`.
 *
 * @param index whole numbers in `[0, rows)`, int32: `[bags, length]`, or `[n]` with offsets
 * @param weight `[rows, features]`; its dtype is that of the result, but means of integers are float32
 * @returns `[bags, features]`
 * @throws {DTypeError} when `index` or `offsets` are not int32
 * @throws {ShapeError} when `weight` is not a matrix, or `index` has neither one axis nor two
 * @throws {ValueError} for indices or offsets out of range, or options that do not go together
 * @see Joulin et al. 2016, https://arxiv.org/abs/1607.01759
 * @example
 * const weight = tensor([[1, 2], [3, 4], [5, 6]]);
 * embeddingBag(tensor([[0, 1], [2, 2]], { dtype: "int32" }), weight).toArray(); // => [[2, 3], [5, 6]]
 * const index = tensor([0, 1, 2], { dtype: "int32" });
 * const offsets = tensor([0, 2, 2], { dtype: "int32" });
 * embeddingBag(index, weight, { offsets, mode: "sum" }).toArray(); // => [[4, 6], [0, 0], [5, 6]]
 */
export function embeddingBag(index: Tensor, weight: Tensor, options: EmbeddingBagArguments = {}): Tensor {
  const fn = "embeddingBag";
  const settled = settleOptions(fn, options, argumentTable);
  const { mode, offsets, perSampleWeights, includeLastOffset } = settled;
  checkLookUp(fn, index, weight);
  checkBag(fn, settled);
  const { bag, count } = bagsOf(fn, index, offsets, includeLastOffset);
  const padding = fromStart(fn, settled.paddingIndex, weight.shape[0]!);
  checkFactors(fn, perSampleWeights, index, weight, mode);
  const flat = index.reshape([index.size]);
  const found = lookUp(fn, flat, weight, settled);
  const rows = perSampleWeights === undefined ? found : found.mul(perSampleWeights.reshape([index.size, 1]));
  // Padding goes to a bag of its own, which is left out.
  const own = padding === undefined ? bag : where(flat.eq(padding), count, bag);
  const bags = padding === undefined ? count : count + 1;
  const reduced = combine[mode](rows, own, bags);
  return padding === undefined ? reduced : reduced.slice([0, count]);
}

/** Throws unless the factors of rows, if there are any, fit the rows. */
function checkFactors(fn: string, factors: Tensor | undefined, index: Tensor, weight: Tensor, mode: string): void {
  if (factors === undefined) return;
  if (mode !== "sum") throw new ValueError(`${fn}: expected perSampleWeights in mode sum alone, got mode ${mode}.`);
  if (!sameShape(factors.shape, index.shape)) {
    throw new ShapeError(
      `${fn}: expected perSampleWeights of shape ${formatShape(index.shape)}, got ${formatShape(factors.shape)}.`,
    );
  }
  if (factors.dtype !== weight.dtype) {
    throw new DTypeError(`${fn}: expected ${weight.dtype} perSampleWeights, got ${factors.dtype}.`);
  }
}

/** Options of {@link EmbeddingBag}. */
export interface EmbeddingBagOptions extends EmbeddingOptions, BagOptions {}

/** Options of a layer of bags around a table that is given. */
export interface PretrainedBagOptions extends PretrainedOptions, BagOptions {}

const table: OptionTable<EmbeddingBagOptions> = { ...embeddingTable, ...bagTable };
const pretrainedTable: OptionTable<PretrainedBagOptions> = {
  ...lookUpTable,
  ...bagTable,
  freeze: option(ranges.flag, true),
};

/**
 * {@link embeddingBag} as a layer.
 *
 * @example
 * const layer = new EmbeddingBag(1000, 16, { mode: "sum" });
 * layer.forward(tensor([[4, 7, 7], [9, 0, 2]], { dtype: "int32" })).shape; // => [2, 16]
 */
export class EmbeddingBag extends TableLayer<
  EmbeddingBagOptions,
  [index: Tensor, offsets?: Tensor, perSampleWeights?: Tensor]
> {
  static override readonly name: string = "EmbeddingBag";

  constructor(count: number, features: number, options: EmbeddingBagOptions = {}) {
    super(count, features, options, table);
    checkBag("EmbeddingBag", this.options);
  }

  /**
   * A layer around a table that was trained before, which shares its storage; frozen unless `freeze` is false.
   *
   * @param weight `[count, features]`; the row `paddingIndex` stays what it is
   * @throws {ShapeError} unless the weight is a matrix
   * @example
   * const layer = EmbeddingBag.fromPretrained(tensor([[1, 2], [3, 4]]), { mode: "max" });
   * layer.forward(tensor([[0, 1]], { dtype: "int32" })).toArray(); // => [[3, 4]]
   */
  static fromPretrained(weight: Tensor, options: PretrainedBagOptions = {}): EmbeddingBag {
    const { table: rows, rest } = pretrained("EmbeddingBag.fromPretrained", weight, options, pretrainedTable);
    const [count, features] = weight.shape as [number, number];
    const layer = new EmbeddingBag(count, features, { ...rest, init: "zeros" });
    layer.weight = rows;
    return layer;
  }

  /**
   * @param index whole numbers in `[0, rows)`, int32: `[bags, length]`, or `[n]` with offsets
   * @param offsets where each bag begins among the indices, int32
   * @param perSampleWeights a factor for each row, of the shape of the index
   */
  override forward(index: Tensor, offsets?: Tensor, perSampleWeights?: Tensor, ...none: []): Tensor {
    expectNothing("EmbeddingBag.forward", none);
    const { mode, includeLastOffset } = this.options;
    return embeddingBag(index, this.weight, {
      ...this.lookUpOptions,
      mode,
      includeLastOffset,
      offsets,
      perSampleWeights,
    });
  }
}
