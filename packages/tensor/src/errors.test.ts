import { describe, expect, it } from "vitest";
import {
  arange,
  assign,
  bernoulli,
  cat,
  chunk,
  dot,
  DTypeError,
  einsum,
  eye,
  full,
  Generator,
  GradError,
  linspace,
  oneHot,
  ones,
  outer,
  rand,
  randint,
  randperm,
  ShapeError,
  split,
  stack,
  tensor,
  topk,
  tril,
  ValueError,
  where,
  zeros,
} from "./index.ts";
import { GradNode, apply, attach } from "./internal.ts";

const m23 = tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const v3 = tensor([1, 2, 3]);
const i3 = arange(3);
const bools = tensor([true, false, true]);

type Row = readonly [title: string, run: () => unknown, type: new (message: string) => Error, message: string];

const rows: readonly Row[] = [
  ["numbers beside booleans", () => tensor([1, true]), ValueError, "tensor: expected numbers or booleans, got both. Give the dtype to convert them to."],
  ["booleans beside numbers", () => tensor([[true], [2]]), ValueError, "tensor: expected numbers or booleans, got both. Give the dtype to convert them to."],
  ["a hole", () => tensor([1, , 2] as number[]), ValueError, "tensor: expected a number, nested arrays or a typed array, got undefined."], // oxlint-disable-line no-sparse-arrays
  ["a bigint", () => tensor(1n as unknown as number), ValueError, "tensor: expected a number, nested arrays or a typed array, got 1n."],
  ["a view of bytes", () => tensor(new DataView(new ArrayBuffer(8)) as unknown as Uint8Array), ValueError, "tensor: expected a number, nested arrays or a typed array, got a DataView."],
  ["a buffer", () => tensor(new ArrayBuffer(8) as unknown as number[]), ValueError, "tensor: expected a number, nested arrays or a typed array, got an ArrayBuffer."],
  ["typed arrays in an array", () => tensor([Float32Array.of(1)] as unknown as number[]), ValueError, "tensor: expected a number, nested arrays or a typed array, got a Float32Array. Spread it: [...array]."],
  ["tensors as data", () => tensor([v3, v3] as unknown as number[]), ValueError, "tensor: expected a number, nested arrays or a typed array, got a Tensor. Join tensors with stack(...) or cat(...)."],
  ["large unsigned integers", () => tensor(Uint32Array.of(1, 2 ** 31)), ValueError, "tensor: expected whole numbers in [-2147483648, 2147483647], got 2147483648. Give dtype float64 for larger ones."],
  ["large bigints", () => tensor(BigInt64Array.of(-(2n ** 31n) - 1n)), ValueError, "tensor: expected whole numbers in [-2147483648, 2147483647], got -2147483649. Give dtype float64 for larger ones."],
  ["a large range", () => arange(2 ** 31 - 1, 2 ** 31 + 1), ValueError, "arange: expected whole numbers in [-2147483648, 2147483647], got 2147483648. Give dtype float64 for larger ones."],
  ["ragged data", () => tensor([[1, 2], [3]]), ShapeError, "tensor: expected equal nested shapes, got [2] and [1]."],
  ["wrong count", () => tensor([1, 2, 3], { shape: [2, 2] }), ShapeError, "tensor: expected 4 elements for shape [2, 2], got 3."],
  ["unknown option", () => tensor([1], { shapes: [1] } as object), ValueError, 'tensor: expected options shape, dtype, requiresGrad, got "shapes". Did you mean "shape"?'],
  ["unknown dtype", () => zeros([1], { dtype: "float16" as "float32" }), DTypeError, "zeros: expected dtype float32, float64, int32 or bool, got float16."],
  ["not numbers", () => tensor(["a"] as unknown as number[]), ValueError, 'tensor: expected a number, nested arrays or a typed array, got "a".'],
  ["negative extent", () => ones([2, -1]), ShapeError, "ones: expected whole extents of at least 0, got shape [2, -1]."],
  ["fractional extent", () => eye(1.5), ShapeError, "eye: expected whole extents of at least 0, got shape [1.5, 1.5]."],
  ["too many elements", () => full([2 ** 30, 2 ** 30], 0), ShapeError, "full: expected at most 2^53 elements, got shape [1073741824, 1073741824]."],
  ["step 0", () => arange(0, 3, 0), ValueError, "arange: expected finite numbers and a step other than 0, got 0, 3, 0."],
  ["negative count", () => linspace(0, 1, -1), ValueError, "linspace: expected count to be a whole number ≥ 0, got -1."],
  ["int32 leaf", () => i3.requiresGrad_(), DTypeError, "requiresGrad_: expected a float32 or float64 tensor, got int32."],
  ["broadcast", () => m23.add(tensor([1, 2])), ShapeError, "add: expected shapes that broadcast, got [2, 3] and [2], which disagree at axis -1."],
  ["negated bool", () => bools.neg(), DTypeError, "neg: expected numbers, got bool. Use logicalNot."],
  ["bool magnitude", () => bools.abs(), DTypeError, "abs: expected a number tensor, got bool."],
  ["bool matmul", () => bools.matmul(bools), DTypeError, "matmul: expected equal numeric dtypes, got bool and bool."],
  ["negative power of int32", () => i3.pow(-1), ValueError, 'pow: expected exponents of int32 to be ≥ 0, got -1. Convert the base with to("float32") first.'],
  ["negative powers of int32", () => i3.pow(i3.sub(2)), ValueError, 'pow: expected exponents of int32 to be ≥ 0, got -2. Convert the base with to("float32") first.'],
  ["negative power of bools", () => bools.pow(-3), ValueError, 'pow: expected exponents of int32 to be ≥ 0, got -3. Convert the base with to("float32") first.'],
  ["mask dtype", () => v3.maskedFill(v3, 0), DTypeError, "maskedFill: expected a bool mask, got float32."],
  ["where dtype", () => where(v3, 1, 2), DTypeError, "where: expected a bool condition, got float32."],
  ["axis", () => m23.sum({ axis: 2 }), ShapeError, "sum: expected an axis in [-2, 1], got 2."],
  ["axis of 0-d", () => tensor(1).sum({ axis: 0 }), ShapeError, "sum: expected no axis for a 0-d tensor, got 0."],
  ["axis twice", () => m23.sum({ axis: [0, -2] }), ShapeError, "sum: expected distinct axes, got [0, -2]."],
  ["reduction option", () => m23.sum({ dim: 1 } as object), ValueError, 'sum: expected options axis, keepDims, got "dim". Did you mean "axis"?'],
  ["empty max", () => zeros([0, 2]).max(), ShapeError, "max: expected at least one element to reduce, got shape [0, 2]."],
  ["empty argmax", () => zeros([2, 0]).argmax({ axis: 1 }), ShapeError, "argmax: expected at least one element along axis 1, got shape [2, 0]."],
  ["reshape", () => m23.reshape([4, 2]), ShapeError, "reshape: expected a shape of 6 elements, got [4, 2]."],
  ["reshape with -1", () => m23.reshape([4, -1]), ShapeError, "reshape: expected a shape of 6 elements, got [4, -1]."],
  ["permute", () => m23.permute([0, 0]), ShapeError, "permute: expected an order of all 2 axes, got [0, 0]."],
  ["squeeze", () => m23.squeeze(0), ShapeError, "squeeze: expected extent 1 at axis 0, got shape [2, 3]."],
  ["broadcastTo", () => m23.broadcastTo([3, 3]), ShapeError, "broadcastTo: expected shapes that broadcast, got [2, 3] and [3, 3], which disagree at axis -2."],
  ["broadcastTo fewer", () => m23.broadcastTo([3]), ShapeError, "broadcastTo: expected a shape that broadcasts to [3], got [2, 3]."],
  ["slice position", () => m23.slice(2), ShapeError, "slice: expected a position in [-2, 1] at axis 0, got 2."],
  ["slice step", () => m23.slice([0, 1, 0]), ValueError, "slice: expected whole [start, stop, step] with step ≠ 0 at axis 0, got [0, 1, 0]."],
  ["slice count", () => v3.slice(0, 0), ShapeError, "slice: expected at most 1 ranges, got 2."],
  ["whole axis of slice", () => m23.slice(null as unknown as []), ValueError, "slice: expected whole [start, stop, step] with step ≠ 0 at axis 0, got null. Write [] for a whole axis."],
  ["at position", () => m23.at([], 3), ShapeError, "at: expected a position in [-3, 2] at axis 1, got 3."],
  ["at index", () => m23.at(0, i3.add(1)), ShapeError, "at: expected indices in [-3, 3) for axis 1, got 3."],
  ["at dtype", () => m23.at(v3), DTypeError, 'at: expected an int32 index or a bool mask for axis 0, got float32. Convert it with to("int32").'],
  ["at mask", () => m23.at(0, tensor([true, false])), ShapeError, "at: expected a mask of shape [3] for axis 1, got [2]."],
  ["at mask of no axis", () => m23.at(tensor(true)), ShapeError, "at: expected a mask of shape [2] for axis 0, got []."],
  ["at shapes", () => m23.at(tensor([0, 1], { dtype: "int32" }), i3), ShapeError, "at: expected shapes that broadcast, got [2] and [3], which disagree at axis -1."],
  ["at count", () => v3.at(0, 0), ShapeError, "at: expected at most 1 ranges, got 2."],
  ["at words", () => m23.at(":" as unknown as [], 0), ValueError, 'at: expected whole [start, stop, step] with step ≠ 0 at axis 0, got ":". Write [] for a whole axis.'],
  ["pad count", () => m23.pad([[1, 1]]), ShapeError, "pad: expected a [before, after] for each of 2 axes, got 1."],
  ["pad width", () => v3.pad([[0.5, 0]]), ValueError, "pad: expected whole widths, got [[0.5, 0]]."],
  ["pad off", () => v3.pad([[-2, -2]]), ShapeError, "pad: expected to take at most 3 elements from axis 0, got 4."],
  ["pad mode", () => v3.pad([[1, 0]], { mode: "mirror" as "reflect" }), ValueError, 'pad: expected mode constant, reflect, replicate or circular, got mirror.'],
  ["pad option", () => v3.pad([[1, 0]], { fill: 1 } as object), ValueError, 'pad: expected options mode, value, got "fill".'],
  ["reflected too far", () => v3.pad([[3, 0]], { mode: "reflect" }), ShapeError, "pad: expected widths of at most 2 at axis 0 of shape [3] in mode reflect, got 3."],
  ["wrapped too far", () => v3.pad([[0, 4]], { mode: "circular" }), ShapeError, "pad: expected widths of at most 3 at axis 0 of shape [3] in mode circular, got 4."],
  ["nothing to repeat", () => zeros([0]).pad([[1, 0]], { mode: "replicate" }), ShapeError, "pad: expected widths of at most 0 at axis 0 of shape [0] in mode replicate, got 1."],
  ["roll shift", () => v3.roll(0.5), ValueError, "roll: expected whole shifts, got 0.5."],
  ["roll axes", () => m23.roll([1], [0, 1]), ShapeError, "roll: expected as many shifts as axes, got 1 and 2."],
  ["roll axis", () => m23.roll(1, 2), ShapeError, "roll: expected an axis in [-2, 1], got 2."],
  ["norm exponent", () => v3.norm({ p: Number.NaN }), ValueError, "norm: expected p to be a number, got NaN."],
  ["norm option", () => v3.norm({ ord: 1 } as object), ValueError, 'norm: expected options axis, keepDims, p, got "ord".'],
  ["gather dtype", () => v3.gather(0, v3), DTypeError, "gather: expected an int32 index, got float32."],
  ["gather range", () => v3.gather(0, i3.add(1)), ShapeError, "gather: expected indices in [0, 3) for axis 0, got 3."],
  ["gather shape", () => m23.gather(0, i3), ShapeError, "gather: expected an index within shape [2, 3] apart from axis 0, got [3]."],
  ["indexSelect", () => m23.indexSelect(0, tensor([[0]], { dtype: "int32" })), ShapeError, "indexSelect: expected a 1-d index, got shape [1, 1]."],
  ["scatter source", () => v3.scatterAdd(0, i3, ones([2])), ShapeError, "scatterAdd: expected index and source of one shape, got [3] and [2]."],
  ["matmul inner", () => m23.matmul(m23), ShapeError, "matmul: expected equal inner extents, got shapes [2, 3] and [2, 3]."],
  ["matmul dtype", () => m23.matmul(i3), DTypeError, "matmul: expected equal dtypes, got float32 and int32."],
  ["matmul 0-d", () => m23.matmul(tensor(1)), ShapeError, "matmul: expected at least one axis, got [2, 3] and []."],
  ["cat nothing", () => cat([]), ValueError, "cat: expected at least one tensor, got none."],
  ["cat shapes", () => cat([m23, v3]), ShapeError, "cat: expected shapes that differ only at axis 0, got [2, 3] and [3]."],
  ["stack nothing", () => stack([]), ValueError, "stack: expected at least one tensor, got none."],
  ["split", () => split(v3, [1, 1]), ShapeError, "split: expected sizes that add up to 3, got [1, 1]."],
  ["chunk", () => chunk(v3, 0), ValueError, "chunk: expected pieces to be a whole number ≥ 1, got 0."],
  ["dot", () => dot(v3, m23), ShapeError, "dot: expected two vectors of one length, got [3] and [2, 3]."],
  ["outer", () => outer(v3, m23), ShapeError, "outer: expected two vectors, got [3] and [2, 3]."],
  ["oneHot", () => oneHot(i3, 2), ValueError, "oneHot: expected indices in [0, 2), got 2."],
  ["tril", () => tril(v3), ShapeError, "tril: expected at least two axes, got shape [3]."],
  ["topk", () => topk(v3, 4), ValueError, "topk: expected a whole k in [0, 3], got 4."],
  ["einsum count", () => einsum("i,i", v3), ValueError, 'einsum: expected 2 operands for "i,i", got 1.'],
  ["einsum extents", () => einsum("i,i", v3, ones([2])), ShapeError, 'einsum: expected one extent for "i", got 3 and 2.'],
  ["einsum dtypes", () => einsum("i,i", v3, i3), DTypeError, "einsum: expected equal numeric dtypes, got float32 and int32."],
  ["einsum of bools", () => einsum("i,i", bools, bools), DTypeError, "einsum: expected equal numeric dtypes, got bool and bool."],
  ["einsum letters", () => einsum("i1", v3), ValueError, 'einsum: expected letters, commas, "..." and one "->", got "i1".'],
  ["einsum dots", () => einsum("i...j...", v3), ValueError, 'einsum: expected letters, commas, "..." and one "->", got "i...j...".'],
  ["einsum few axes", () => einsum("ij...", v3), ShapeError, 'einsum: expected 2 axes for "ij...", got shape [3].'],
  ["sum of bools as they are", () => apply("sum", [bools], { axes: [0] }), DTypeError, "sum: expected numbers, got bool."],
  ["bools added as they are", () => apply("add", [bools, bools], {}), DTypeError, "add: expected two number dtypes, got bool and bool."],
  ["scattered bools", () => apply("scatterAdd", [bools, i3, bools], { axis: 0 }), DTypeError, "scatterAdd: expected numbers, got bool."],
  ["positions as bools", () => apply("iota", [], { shape: [3], axis: 0, dtype: "bool" }), DTypeError, "iota: expected a dtype of numbers, got bool."],
  ["windows", () => apply("windows", [v3], { axes: [0], size: [4], stride: [1], dilation: [1] }), ShapeError, "windows: expected an extent of at least 4 at axis 0, got shape [3]."],
  ["standardize eps", () => apply("standardize", [v3], { axes: [0], eps: -1, center: true }), ValueError, "standardize: expected eps of at least 0, got -1."],
  ["standardize dtype", () => apply("standardize", [i3], { axes: [0], eps: 0, center: true }), DTypeError, "standardize: expected a float tensor, got int32."],
  ["standardizeGrad shapes", () => apply("standardizeGrad", [v3, ones([2])], { axes: [0], eps: 0, center: true }), ShapeError, "standardizeGrad: expected equal shapes, got [3] and [2]."],
  ["standardizeGrad dtypes", () => apply("standardizeGrad", [v3, i3], { axes: [0], eps: 0, center: true }), DTypeError, "standardizeGrad: expected two tensors of one float dtype, got float32 and int32."],
  ["rand dtype", () => rand([1], { dtype: "int32" }), DTypeError, "rand: expected dtype float32 or float64, got int32."],
  ["randint range", () => randint(3, 3, [1]), ValueError, "randint: expected whole low < high within int32, got 3 and 3."],
  ["randperm", () => randperm(-1), ShapeError, "randperm: expected n to be a whole number ≥ 0, got -1."],
  ["bernoulli", () => bernoulli(1.5), ValueError, "bernoulli: expected probability in [0, 1], got 1.5."],
  ["seed", () => new Generator(0.5), ValueError, "Generator: expected a whole number as seed, got 0.5."],
  ["item", () => v3.item(), ShapeError, "item: expected a tensor of one element, got shape [3]."],
  ["assign shape", () => assign(zeros([2]), v3), ShapeError, "assign: expected shape [2], got [3]."],
  ["assign dtype", () => assign(zeros([3]), i3), DTypeError, "assign: expected dtype float32, got int32."],
  ["assign to a result", () => assign(recorded(), v3), GradError, "assign: expected a leaf as target, got the result of neg. Detach it first."],
]; // prettier-ignore

function recorded() {
  const y = zeros([3]);
  attach(new GradNode("neg", [v3], [y], {}));
  return y;
}

describe("errors", () => {
  it.each(rows)("%s", (_, run, type, message) => {
    let thrown: unknown;
    try {
      run();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(type);
    expect((thrown as Error).message).toBe(message);
  });
});
