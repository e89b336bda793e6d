import { type BatchedGemmOptions, gemmAvailable, gemmBatch, gemmWorthwhile } from "@tapegrad/simd";
import { allocateEmpty } from "../array-pool.ts";
import { dtypes, type TypedArray } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { broadcastShapes, formatShape, sizeOf, type Shape } from "../shape.ts";
import type { Block, Spec } from "../storage.ts";
import { broadcastStrides } from "./broadcast-runs.ts";
import type { MatmulAttrs, Primitive } from "./primitive.ts";
import { forEachRow } from "./strided-copy.ts";

interface Extents {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

function extentsOf(a: Shape, b: Shape, { transposeA, transposeB }: MatmulAttrs): Extents {
  if (a.length < 2 || b.length < 2) {
    throw new ShapeError(`matmul: expected at least two axes, got ${formatShape(a)} and ${formatShape(b)}.`);
  }
  const [rowsA, columnsA] = a.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.slice(-2) as [number, number];
  const k = transposeA ? rowsA : columnsA;
  if (k !== (transposeB ? columnsB : rowsB)) {
    throw new ShapeError(`matmul: expected equal inner extents, got shapes ${formatShape(a)} and ${formatShape(b)}.`);
  }
  return { m: transposeA ? columnsA : rowsA, n: transposeB ? rowsB : columnsB, k };
}

/** Batched matrix product over the last two axes, `op(a) · op(b)`. */
export const matmul: Primitive<MatmulAttrs> = {
  infer: (inputs, attrs) => {
    const [a, b] = inputs as [Spec, Spec];
    if (a.dtype !== b.dtype || dtypes[a.dtype].kind === "bool") {
      throw new DTypeError(`matmul: expected equal numeric dtypes, got ${a.dtype} and ${b.dtype}.`);
    }
    const { m, n } = extentsOf(a.shape, b.shape, attrs);
    const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
    return [{ shape: [...batch, m, n], dtype: a.dtype }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const [a, b] = inputs as [Block, Block];
    const { shape, dtype } = outputs[0]!;
    const extents = extentsOf(a.shape, b.shape, attrs);
    const out = allocateEmpty(dtype, sizeOf(shape));
    const batch = shape.slice(0, -2);
    const startsA = matrixStarts(a.shape, batch);
    const startsB = matrixStarts(b.shape, batch);
    const { m, n, k } = extents;
    const { transposeA, transposeB } = attrs;
    multiply({ m, n, k, transposeA, transposeB, a: a.data, b: b.data, out, aOffsets: startsA, bOffsets: startsB });
    return [out];
  },
};

/** Where each matrix of the broadcast batch begins. */
function matrixStarts(shape: Shape, batch: Shape): number[] {
  if (sizeOf(batch) === 1) return [0];
  const area = sizeOf(shape.slice(-2));
  const strides = broadcastStrides(shape.slice(0, -2), batch).map((stride) => stride * area);
  const starts: number[] = [];
  forEachRow([...batch, 1], 0, [...strides, 0], (at) => starts.push(at));
  return starts;
}

/** A batch of products `op(a) · op(b)`, one after another in `out`. */
interface Products extends Extents, MatmulAttrs {
  readonly a: TypedArray;
  readonly b: TypedArray;
  readonly out: TypedArray;
  /** Where the matrices begin. */
  readonly aOffsets: readonly number[];
  readonly bOffsets: readonly number[];
}

/** By SIMD where that pays. */
function multiply(products: Products): void {
  const { m, n, k, a, b, out, aOffsets, bOffsets } = products;
  if (isOfFloats(products) && gemmWorthwhile(m, n, k) && gemmAvailable()) {
    gemmBatch(products);
    return;
  }
  for (let i = 0; i < aOffsets.length; i++) {
    const at = i * m * n;
    if (out instanceof Int32Array) multiplyInt32(a, aOffsets[i]!, b, bOffsets[i]!, out, at, products, products);
    else multiplyRows(a, aOffsets[i]!, b, bOffsets[i]!, out, at, products, products);
  }
}

function isOfFloats(products: Products): products is Products & BatchedGemmOptions {
  return products.out instanceof Float32Array || products.out instanceof Float64Array;
}

/** Exact modulo 2^32. */
function multiplyInt32(
  a: TypedArray,
  startA: number,
  b: TypedArray,
  startB: number,
  out: Int32Array,
  startOut: number,
  { m, n, k }: Extents,
  { transposeA, transposeB }: MatmulAttrs,
): void {
  const [rowA, innerA] = transposeA ? [1, m] : [k, 1];
  const [innerB, columnB] = transposeB ? [1, k] : [n, 1];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0;
      for (let p = 0; p < k; p++) {
        const [x, y] = [a[startA + i * rowA + p * innerA]!, b[startB + p * innerB + j * columnB]!];
        total = (total + Math.imul(x, y)) | 0;
      }
      out[startOut + i * n + j] = total;
    }
  }
}

/** The reference: row by row with float64 accumulators. */
function multiplyRows(
  a: TypedArray,
  startA: number,
  b: TypedArray,
  startB: number,
  out: TypedArray,
  startOut: number,
  { m, n, k }: Extents,
  { transposeA, transposeB }: MatmulAttrs,
): void {
  const [stepRow, stepInner] = transposeA ? [1, m] : [k, 1];
  const row = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    if (transposeB) dots(a, startA + i * stepRow, stepInner, b, startB, row, k);
    else combine(a, startA + i * stepRow, stepInner, b, startB, row, k);
    out.set(row, startOut + i * n);
  }
}

/** `row[j] = Σ a·b[j]` with the rows of `b` contiguous along the sum. */
function dots(
  a: TypedArray,
  startA: number,
  stepA: number,
  b: TypedArray,
  startB: number,
  row: Float64Array,
  k: number,
): void {
  for (let j = 0; j < row.length; j++) {
    let total = 0;
    let at = startB + j * k;
    for (let p = 0, i = startA; p < k; p++, i += stepA, at++) total += a[i]! * b[at]!;
    row[j] = total;
  }
}

/** `row = Σ a[p] · b[p]` over the rows of `b`. */
function combine(
  a: TypedArray,
  startA: number,
  stepA: number,
  b: TypedArray,
  startB: number,
  row: Float64Array,
  k: number,
): void {
  row.fill(0);
  for (let p = 0; p < k; p++) {
    const factor = a[startA + p * stepA]!;
    let at = startB + p * row.length;
    for (let j = 0; j < row.length; j++, at++) row[j] = row[j]! + factor * b[at]!;
  }
}
