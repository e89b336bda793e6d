import { numberDType, promote } from "../dtype.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { checkIndex } from "../primitives/indexing.ts";
import { formatValue, quoted } from "../options/value-range.ts";
import {
  axisOrNone,
  broadcastShapes,
  checkShape,
  dropAxes,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  type Shape,
  sizeOf,
} from "../shape.ts";
import { at, type AtPosition } from "./at.ts";
import { expectIndex } from "./expect-index.ts";
import { expectTensor } from "./expect-tensor.ts";
import { pad, type PadOptions } from "./pad.ts";
import { roll } from "./roll.ts";
import { selectAlong } from "./select-along.ts";
import { slice } from "./slice.ts";
import type { SliceRange } from "./slice-range.ts";
import { ReductionMethods } from "./reduction-methods.ts";
import type { Tensor } from "./tensor.ts";

/** Movement of elements, and indexing along one axis. */
export abstract class MovementMethods extends ReductionMethods {
  /** The same elements under another shape; one extent may be −1 and is inferred. Shares storage. */
  reshape(...shape: [Shape] | number[]): Tensor {
    const target = inferExtent(wantedShape(shape), this.shape);
    return sameShape(target, this.shape) ? this.self() : this.run("reshape", [], { shape: target });
  }

  /** Joins the axes `start … end` into one. */
  flatten(start = 0, end = -1, ...none: []): Tensor {
    expectNothing("flatten", none);
    const ndim = Math.max(this.ndim, 1);
    const from = normalizeAxis("flatten", start, ndim);
    const to = normalizeAxis("flatten", end, ndim);
    if (from > to) throw new ShapeError(`flatten: expected start ≤ end, got ${start} and ${end}.`);
    const middle = sizeOf(this.shape.slice(from, to + 1));
    return this.reshape([...this.shape.slice(0, from), middle, ...this.shape.slice(to + 1)]);
  }

  /** Swaps two axes, the last two unless given. */
  transpose(a = -2, b = -1, ...none: []): Tensor {
    expectNothing("transpose", none);
    const axes = normalizeAxes("transpose", undefined, this.ndim);
    const [i, j] = [normalizeAxis("transpose", a, this.ndim), normalizeAxis("transpose", b, this.ndim)];
    axes[i] = j;
    axes[j] = i;
    return this.permute(axes);
  }

  /** Output axis `i` is input axis `axes[i]`. */
  permute(axes: readonly number[], ...none: []): Tensor {
    if (!Array.isArray(axes)) throw notAnOrder(axes, none);
    expectNothing("permute", none);
    const order = axes.map((axis) => normalizeAxis("permute", axis, this.ndim));
    if (order.length !== this.ndim || new Set(order).size !== this.ndim) {
      throw new ShapeError(`permute: expected an order of all ${this.ndim} axes, got ${formatShape(axes)}.`);
    }
    return order.every((axis, i) => axis === i) ? this.self() : this.run("permute", [], { axes: order });
  }

  /** Removes axes of extent 1: all of them, or the given ones. */
  squeeze(axis?: number | readonly number[], ...none: []): Tensor {
    expectNothing("squeeze", none);
    const candidates = normalizeAxes("squeeze", axis, this.ndim);
    const axes = axis === undefined ? candidates.filter((a) => this.shape[a] === 1) : candidates;
    for (const a of axes) {
      if (this.shape[a] !== 1) {
        throw new ShapeError(`squeeze: expected extent 1 at axis ${a}, got shape ${formatShape(this.shape)}.`);
      }
    }
    return this.reshape(dropAxes(this.shape, axes));
  }

  /** Inserts an axis of extent 1. */
  unsqueeze(axis: number, ...none: []): Tensor {
    expectNothing("unsqueeze", none);
    const at = normalizeAxis("unsqueeze", axis, this.ndim + 1);
    return this.reshape([...this.shape.slice(0, at), 1, ...this.shape.slice(at)]);
  }

  /** Repeats axes of extent 1, and new leading axes, to `shape`. */
  broadcastTo(shape: Shape, ...none: []): Tensor {
    expectNothing("broadcastTo", none);
    checkShape("broadcastTo", shape);
    return sameShape(shape, this.shape) ? this.self() : this.run("broadcastTo", [], { shape });
  }

  /**
   * One range per axis, as in NumPy: `[start, stop, step]` with negative positions counted from the end
   * and negative steps going back; a number picks one position and drops the axis.
   */
  slice(...ranges: readonly SliceRange[]): Tensor {
    return slice("slice", this.self(), ranges);
  }

  /**
   * What stands at positions, as `x[i, j]` in PyTorch: for each axis a number, which drops it, a range
   * `[start, stop, step]` as in {@link slice}, `[]` for all of it, or an int32 tensor of positions. Tensors broadcast
   * together, and their axes stand where the first of them was; in front of all others if a range lies between two.
   * Positions below 0 count from the end. A bool mask stands for where it is true, along as many axes as it has: its
   * number of elements is known only eagerly, so a compiled function refuses it.
   *
   * A position that is taken several times adds up its gradients. This only reads: to write, make a new tensor with
   * `where`, `maskedFill` or {@link scatterAdd}.
   *
   * @throws {ShapeError} for positions outside of an axis, also in a compiled function; tensors that do not broadcast;
   * or a mask of another shape than its axes
   * @throws {DTypeError} for a tensor that is neither int32 nor bool
   * @throws {CompileError} for a mask inside a compiled function
   * @example
   * const x = tensor([[1, 2, 3], [4, 5, 6]]);
   * x.at(arange(2), tensor([2, 0], { dtype: "int32" })).toArray(); // => [3, 4]
   * x.at([], -1).toArray(); // => [3, 6]
   * x.at(x.gt(4)).toArray(); // => [5, 6]
   */
  at(...positions: readonly AtPosition[]): Tensor {
    return at(this.self(), positions);
  }

  /** Reverses the order along the given axes, all unless given. */
  flip(axis?: number | readonly number[], ...none: []): Tensor {
    expectNothing("flip", none);
    const axes = normalizeAxes("flip", axis, this.ndim);
    return this.run("flip", [], { axes });
  }

  /**
   * Adds `[before, after]` elements at each axis; a negative width takes elements away. What is added is `value` (0
   * unless given), or by `mode` a reflection without the edge, the edge again, or the other end.
   *
   * @throws {ShapeError} when `reflect` needs more elements than an axis has beside its edge, `circular` more than it has
   * @example
   * tensor([1, 2, 3]).pad([[2, 1]], { mode: "reflect" }).toArray() // => [3, 2, 1, 2, 3, 2]
   */
  pad(widths: readonly (readonly [number, number])[], options: PadOptions = {}): Tensor {
    return pad(this.self(), widths, options);
  }

  /**
   * Moves elements along axes by `shift` places; those that leave one end enter at the other. Without axes the tensor is
   * flattened for it.
   *
   * @throws {ShapeError} when there are not as many shifts as axes
   * @example
   * tensor([1, 2, 3, 4]).roll(1).toArray() // => [4, 1, 2, 3]
   */
  roll(shift: number | readonly number[], axis?: number | readonly number[], ...none: []): Tensor {
    expectNothing("roll", none);
    return roll(this.self(), shift, axis);
  }

  /** `out[i][j] = this[index[i][j]][j]` for axis 0, and alike for others. */
  gather(axis: number, index: Tensor, ...none: []): Tensor {
    expectNothing("gather", none);
    expectTensor("gather", "index", index);
    const at = axisOrNone("gather", axis, this.ndim);
    if (at === undefined)
      return this.reshape([1])
        .gather(0, index.reshape([index.size]))
        .reshape(index.shape);
    checkIndex("gather", this, index, at);
    expectIndex("gather", index, at, this.shape[at]!);
    return this.run("gather", [index], { axis: at });
  }

  /** The slices at the positions of a 1-d `index` along an axis. */
  indexSelect(axis: number, index: Tensor, ...none: []): Tensor {
    expectNothing("indexSelect", none);
    expectTensor("indexSelect", "index", index);
    const at = normalizeAxis("indexSelect", axis, this.ndim);
    if (index.dtype !== "int32") {
      throw new DTypeError(`indexSelect: expected an int32 index, got ${index.dtype}. Convert it with to("int32").`);
    }
    if (index.ndim !== 1) {
      throw new ShapeError(`indexSelect: expected a 1-d index, got shape ${formatShape(index.shape)}.`);
    }
    expectIndex("indexSelect", index, at, this.shape[at]!);
    return selectAlong(this.self(), at, index);
  }

  /** A copy with `src[i][j]` added at `[index[i][j]][j]` for axis 0, and alike for others; bools are added as int32. */
  scatterAdd(axis: number, index: Tensor, src: Tensor, ...none: []): Tensor {
    expectNothing("scatterAdd", none);
    expectTensor("scatterAdd", "index", index);
    expectTensor("scatterAdd", "src", src);
    const at = normalizeAxis("scatterAdd", axis, this.ndim);
    checkIndex("scatterAdd", this, index, at);
    expectIndex("scatterAdd", index, at, this.shape[at]!);
    const dtype = promote(promote(this.dtype, src.dtype), "int32");
    return this.to(dtype)["run"]("scatterAdd", [index, src.to(dtype)], { axis: at });
  }

  /** A copy with `value` wherever `mask` is true; float32 for a value that int32 or bool elements cannot have. */
  maskedFill(mask: Tensor, value: number, ...none: []): Tensor {
    expectNothing("maskedFill", none);
    expectTensor("maskedFill", "mask", mask);
    if (typeof value !== "number")
      throw new ValueError(`maskedFill: expected value to be a number, got ${quoted(value)}.`);
    if (mask.dtype !== "bool") throw new DTypeError(`maskedFill: expected a bool mask, got ${mask.dtype}.`);
    broadcastShapes("maskedFill", this.shape, mask.shape);
    const dtype = numberDType(value, this.dtype);
    return mask["run"]("where", [this.scalar(value, dtype), this.to(dtype)], {});
  }

  /** Matrix product over the last two axes, leading ones broadcast; vectors as in NumPy. */
  matmul(other: Tensor, ...none: []): Tensor {
    expectNothing("matmul", none);
    expectTensor("matmul", "other", other);
    const [a, b]: [MovementMethods, Tensor] = [this, other];
    if (a.ndim === 0 || b.ndim === 0) {
      throw new ShapeError(
        `matmul: expected at least one axis, got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
      );
    }
    if (a.dtype !== b.dtype) {
      const hint = `Convert one with to("${promote(a.dtype, b.dtype)}").`;
      throw new DTypeError(`matmul: expected equal dtypes, got ${a.dtype} and ${b.dtype}. ${hint}`);
    }
    const left = a.ndim === 1 ? a.unsqueeze(0) : a.self();
    const right = b.ndim === 1 ? b.unsqueeze(1) : b;
    const product = left["run"]("matmul", [right], { transposeA: false, transposeB: false });
    const dropped = [...(a.ndim === 1 ? [-2] : []), ...(b.ndim === 1 ? [-1] : [])];
    return dropped.length === 0 ? product : product.squeeze(dropped);
  }
}

/** The shape that was given as one array or as its extents. */
function wantedShape(given: readonly unknown[]): Shape {
  const [first, ...none] = given;
  if (!Array.isArray(first)) return given as Shape;
  expectNothing("reshape", none);
  return first as Shape;
}

function inferExtent(wanted: Shape, shape: Shape): Shape {
  const unknown = wanted.indexOf(-1);
  const size = sizeOf(shape);
  let target = wanted;
  if (unknown >= 0) {
    const known = sizeOf(wanted.toSpliced(unknown, 1));
    target = wanted.map((extent, i) => (i === unknown ? size / known : extent));
  }
  if (target.some((extent) => !Number.isInteger(extent) || extent < 0) || sizeOf(target) !== size) {
    throw new ShapeError(`reshape: expected a shape of ${size} elements, got ${formatValue(wanted)}.`);
  }
  return target;
}

/** What `permute(2, 0, 1)` gets to hear. */
function notAnOrder(first: unknown, rest: readonly unknown[]): ShapeError {
  const given = [first, ...rest].map(quoted).join(", ");
  const hint = typeof first === "number" ? ` Write permute([${given}]).` : "";
  return new ShapeError(`permute: expected an array with the order of all axes, got ${given}.${hint}`);
}
