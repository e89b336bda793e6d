import { defineFunction } from "@tapegrad/autograd";
import { assign, DTypeError, GradError, ShapeError, type Tensor, ValueError, where, zeros } from "@tapegrad/tensor";
import {
  expectElements,
  expectTensor,
  expectValue,
  formatShape,
  isFloat,
  option,
  optional,
  type OptionTable,
  ranges,
} from "@tapegrad/tensor/internal";

/** Options of `embedding`: how rows of a table are looked up. */
export interface EmbeddingArguments {
  /** Row whose gradient is 0, from the end if negative; a layer's starts as zeros. None unless given. */
  readonly paddingIndex?: number | undefined;
  /** Longer rows are shortened to it in the table itself, before they are looked up; none unless given. */
  readonly maxNorm?: number | undefined;
  /** The p of the norm that `maxNorm` is about, 2 unless given. */
  readonly normType?: number;
  /** Whether the gradient of a row is divided by the number of times that it was looked up; false unless given. */
  readonly scaleGradByFreq?: boolean;
}

/** {@link EmbeddingArguments}, row by row. */
export const lookUpTable: OptionTable<EmbeddingArguments> = {
  paddingIndex: optional(ranges.integer),
  maxNorm: optional(ranges.nonNegative),
  normType: option(ranges.positive, 2),
  scaleGradByFreq: option(ranges.flag, false),
};

/** Throws unless the table is `[rows, features]` and the index holds rows of it. */
export function checkLookUp(fn: string, index: Tensor, weight: Tensor): void {
  expectTensor(fn, "index", index);
  expectTensor(fn, "weight", weight);
  const [count] = weight.shape;
  if (count === undefined || weight.ndim !== 2) {
    throw new ShapeError(`${fn}: expected a weight of shape [rows, features], got ${formatShape(weight.shape)}.`);
  }
  if (index.dtype !== "int32") {
    throw new DTypeError(`${fn}: expected an int32 index, got ${index.dtype}. Convert it with to("int32").`);
  }
  expectElements(index, {
    within: [[0, count - 1]],
    error: (k) => new ValueError(`${fn}: expected indices in [0, ${count}), got ${k}.`),
  });
}

/** The padding index counted from the start; throws when there is no such row. */
export function fromStart(fn: string, padding: number | undefined, count: number): number | undefined {
  if (padding === undefined) return undefined;
  const rows = ranges.numbers(`in [${-count}, ${count})`, (row) => row >= -count && row < count);
  expectValue(fn, "paddingIndex", padding, rows);
  return padding < 0 ? padding + count : padding;
}

/** The rows at positions `[n]`, which are known to be some: `[n, features]`. */
export function lookUp(
  fn: string,
  flat: Tensor,
  weight: Tensor,
  { maxNorm, normType, scaleGradByFreq }: Required<EmbeddingArguments>,
): Tensor {
  if (maxNorm !== undefined) shorten(fn, flat, weight, maxNorm, normType);
  const rows = weight.indexSelect(0, flat);
  if (!scaleGradByFreq) return rows;
  const times = timesNamed(flat, weight).indexSelect(0, flat);
  return withGradientDivided(rows, times.unsqueeze(-1));
}

/** What is given, with a gradient divided by as much. */
const withGradientDivided: (rows: Tensor, times: Tensor) => Tensor = defineFunction({
  name: "scaleGradByFreq",
  forward: (ctx, rows, times) => {
    ctx.save(times);
    return rows;
  },
  backward: (ctx, ct) => [ct.div(ctx.saved[0]!), undefined],
});

/** How many times each row is named: int32, `[rows]`. */
function timesNamed(flat: Tensor, weight: Tensor): Tensor {
  return zeros([weight.shape[0]!], { dtype: "int32" }).scatterAdd(
    0,
    flat,
    zeros(flat.shape, { dtype: "int32" }).add(1),
  );
}

/** Shortens the rows of the table that are named and longer than `maxNorm`, in place. */
function shorten(fn: string, flat: Tensor, weight: Tensor, maxNorm: number, p: number): void {
  if (weight.node !== undefined) {
    throw new GradError(
      `${fn}: expected a leaf as weight, to be changed by maxNorm, got the result of ${weight.node.name}.`,
    );
  }
  if (!isFloat(weight.dtype)) throw new DTypeError(`${fn}: expected a float weight with maxNorm, got ${weight.dtype}.`);
  const rows = weight.detach();
  const norms = rows.norm({ p, axis: 1, keepDims: true });
  const isLong = timesNamed(flat, weight).gt(0).unsqueeze(-1).logicalAnd(norms.gt(maxNorm));
  assign(weight, where(isLong, rows.mul(norms.add(1e-7).reciprocal().mul(maxNorm)), rows));
}
