import { type DType, promote } from "../dtype.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { option, type OptionTable, settleOptions } from "../options/option-table.ts";
import { count, flag, integer } from "../options/ranges.ts";
import { expectValue } from "../options/value-range.ts";
import { formatShape, normalizeAxis } from "../shape.ts";
import type { Operand } from "../tensor/elementwise-methods.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import { apply, type Tensor } from "../tensor/tensor.ts";
import { full, iota } from "./creation.ts";

/** `a` where the condition is true, `b` elsewhere; both broadcast. A gradient flows only to what was chosen. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const typed = [a, b].filter((v): v is Tensor => typeof v !== "number");
  const dtype = typed.length === 0 ? "float32" : typed.reduce<DType>((d, t) => promote(d, t.dtype), "bool");
  const operand = (v: Operand): Tensor => (typeof v === "number" ? full([], v, { dtype }) : v.to(dtype));
  return apply("where", [condition, operand(a), operand(b)], {})[0];
}

/** 1 at each index along a new last axis of `classes`, 0 elsewhere; float32 unless given. */
export function oneHot(index: Tensor, classes: number, options: { readonly dtype?: DType } = {}): Tensor {
  if (index.dtype !== "int32") throw new DTypeError(`oneHot: expected an int32 index, got ${index.dtype}.`);
  expectValue("oneHot", "classes", classes, count);
  expectElements(index, {
    within: [[0, classes - 1]],
    error: (k) => new ValueError(`oneHot: expected indices in [0, ${classes}), got ${k}.`),
  });
  return index
    .unsqueeze(-1)
    .eq(iota([classes], 0))
    .to(options.dtype ?? "float32");
}

/** The lower triangle of the last two axes, up to the `diagonal`-th one above the main; zeros elsewhere. */
export function tril(x: Tensor, diagonal = 0): Tensor {
  return triangle("tril", x, (row, column) => column.le(row.add(diagonal)));
}

/** The upper triangle of the last two axes, from the `diagonal`-th one above the main; zeros elsewhere. */
export function triu(x: Tensor, diagonal = 0): Tensor {
  return triangle("triu", x, (row, column) => column.ge(row.add(diagonal)));
}

function triangle(fn: string, x: Tensor, keep: (row: Tensor, column: Tensor) => Tensor): Tensor {
  if (x.ndim < 2) throw new ShapeError(`${fn}: expected at least two axes, got shape ${formatShape(x.shape)}.`);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  return where(keep(iota([rows, 1], 0), iota([1, columns], 1)), x, 0);
}

/** Options of {@link sort}. */
export interface SortOptions {
  /** The last axis unless given. */
  readonly axis?: number;
  readonly descending?: boolean;
}

const axisOption = option({ ...integer, error: ShapeError }, -1);
const sortTable: OptionTable<SortOptions> = { axis: axisOption, descending: option(flag, false) };

/** The elements in stable order along an axis, and where each came from. NaN counts as largest. */
export function sort(x: Tensor, options: SortOptions = {}): { values: Tensor; indices: Tensor } {
  const { axis: given, descending } = settleOptions("sort", options, sortTable);
  const axis = normalizeAxis("sort", given, x.ndim);
  const [indices] = apply("argsort", [x], { axis, descending });
  return { values: apply("gather", [x, indices], { axis })[0], indices };
}

/** Options of {@link topk}. */
export interface TopKOptions {
  /** The last axis unless given. */
  readonly axis?: number;
  /** The k largest unless false, then the k smallest. */
  readonly largest?: boolean;
}

const topkTable: OptionTable<TopKOptions> = { axis: axisOption, largest: option(flag, true) };

/** The k largest (or smallest) elements along an axis in order, and where each came from. */
export function topk(x: Tensor, k: number, options: TopKOptions = {}): { values: Tensor; indices: Tensor } {
  const { axis: given, largest } = settleOptions("topk", options, topkTable);
  const axis = normalizeAxis("topk", given, x.ndim);
  const extent = x.shape[axis]!;
  if (!Number.isInteger(k) || k < 0 || k > extent) {
    throw new ValueError(`topk: expected a whole k in [0, ${extent}], got ${k}.`);
  }
  const [order] = apply("argsort", [x], { axis, descending: largest });
  const indices = order.slice(...x.shape.map((n, a): [number, number] => [0, a === axis ? k : n]));
  return { values: apply("gather", [x, indices], { axis })[0], indices };
}
