import { type DType, numberDType, promote } from "../dtype.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { option, type OptionTable, settleOptions } from "../options/option-table.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { anyDType, count, flag, integer } from "../options/ranges.ts";
import { expectValue, quoted } from "../options/value-range.ts";
import { axisOrNone, formatShape } from "../shape.ts";
import { expectOperand, expectTensor } from "../tensor/expect-tensor.ts";
import type { Operand } from "../tensor/arithmetic-methods.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import { apply, type Tensor } from "../tensor/tensor.ts";
import { iota, zeros } from "./creation.ts";

/**
 * `a` where the condition is true, `b` elsewhere; both broadcast. A gradient flows only to what was chosen.
 *
 * The result has the dtype that holds both; a number takes that of the tensor it meets, two numbers are float32.
 *
 * @throws {DTypeError} unless the condition is bool
 * @example
 * where(tensor([true, false]), tensor([1, 2], { dtype: "int32" }), 0.5).toArray() // => [1, 0.5]
 */
export function where(condition: Tensor, a: Operand, b: Operand, ...none: []): Tensor {
  expectNothing("where", none);
  expectTensor("where", "condition", condition);
  expectOperand("where", "a", a);
  expectOperand("where", "b", b);
  const dtype = promote(dtypeBeside(b, a), dtypeBeside(a, b));
  const operand = (v: Operand): Tensor => (typeof v === "number" ? condition["scalar"](v, dtype) : v.to(dtype));
  return apply("where", [condition, operand(a), operand(b)], {})[0];
}

/** The dtype of an operand beside another. */
function dtypeBeside(other: Operand, operand: Operand): DType {
  if (typeof operand !== "number") return operand.dtype;
  return typeof other === "number" ? "float32" : numberDType(operand, other.dtype);
}

const oneHotTable: OptionTable<{ readonly dtype?: DType }> = { dtype: option(anyDType, "float32") };

/** 1 at each index along a new last axis of `classes`, 0 elsewhere; float32 unless given. */
export function oneHot(index: Tensor, classes: number, options: { readonly dtype?: DType } = {}): Tensor {
  const { dtype } = settleOptions("oneHot", options, oneHotTable);
  expectTensor("oneHot", "index", index);
  if (index.dtype !== "int32") throw new DTypeError(`oneHot: expected an int32 index, got ${index.dtype}.`);
  expectValue("oneHot", "classes", classes, count);
  expectElements(index, {
    within: [[0, classes - 1]],
    error: (k) => new ValueError(`oneHot: expected indices in [0, ${classes}), got ${k}.`),
  });
  return index
    .unsqueeze(-1)
    .eq(iota([classes], 0))
    .to(dtype);
}

/** The lower triangle of the last two axes, up to the `diagonal`-th one above the main; zeros elsewhere. */
export function tril(x: Tensor, diagonal = 0, ...none: []): Tensor {
  expectNothing("tril", none);
  return triangle("tril", x, diagonal, (row, column) => column.le(row.add(diagonal)));
}

/** The upper triangle of the last two axes, from the `diagonal`-th one above the main; zeros elsewhere. */
export function triu(x: Tensor, diagonal = 0, ...none: []): Tensor {
  expectNothing("triu", none);
  return triangle("triu", x, diagonal, (row, column) => column.ge(row.add(diagonal)));
}

function triangle(fn: string, x: Tensor, diagonal: number, keep: (row: Tensor, column: Tensor) => Tensor): Tensor {
  expectTensor(fn, "x", x);
  expectValue(fn, "diagonal", diagonal, integer);
  if (x.ndim < 2) throw new ShapeError(`${fn}: expected at least two axes, got shape ${formatShape(x.shape)}.`);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  return where(keep(iota([rows, 1], 0), iota([1, columns], 1)), x, 0);
}

/** Options of {@link sort}. */
export interface SortOptions {
  /** The last axis unless given. */
  readonly axis?: number;
  /** Whether the largest comes first; false unless given. */
  readonly descending?: boolean;
}

const axisOption = option({ ...integer, error: ShapeError }, -1);
const sortTable: OptionTable<SortOptions> = { axis: axisOption, descending: option(flag, false) };

/** The elements in stable order along an axis, and where each came from. NaN counts as largest. */
export function sort(x: Tensor, options: SortOptions = {}): { values: Tensor; indices: Tensor } {
  const { axis: given, descending } = settleOptions("sort", options, sortTable);
  expectTensor("sort", "x", x);
  const axis = axisOrNone("sort", given, x.ndim);
  if (axis === undefined) return { values: x.clone(), indices: zeros([], { dtype: "int32" }) };
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
  expectTensor("topk", "x", x);
  const axis = axisOrNone("topk", given, x.ndim);
  const extent = axis === undefined ? 1 : x.shape[axis]!;
  const least = axis === undefined ? 1 : 0;
  if (!Number.isInteger(k) || k < least || k > extent) {
    throw new ValueError(`topk: expected a whole k in [${least}, ${extent}], got ${quoted(k)}.`);
  }
  if (axis === undefined) return { values: x.clone(), indices: zeros([], { dtype: "int32" }) };
  const [order] = apply("argsort", [x], { axis, descending: largest });
  const indices = order.slice(...x.shape.map((n, a): [number, number] => [0, a === axis ? k : n]));
  return { values: apply("gather", [x, indices], { axis })[0], indices };
}
