/** What the products of a batch have in common. */
interface Product<T extends Float32Array | Float64Array> {
  /** Rows of op(A) and of the result. */
  readonly m: number;
  /** Columns of op(B) and of the result. */
  readonly n: number;
  /** Columns of op(A), rows of op(B). */
  readonly k: number;
  /** op(A): m × k elements, stored as k × m if `transposeA`. */
  readonly a: T;
  /** op(B): k × n elements, stored as n × k if `transposeB`. */
  readonly b: T;
  /** Receives m × n elements; must not overlap `a` or `b`. */
  readonly out: T;
  /** Whether A is stored transposed. Default false. */
  readonly transposeA?: boolean;
  /** Whether B is stored transposed. Default false. */
  readonly transposeB?: boolean;
  /** The element of `out` where the result begins. Default 0. */
  readonly outOffset?: number;
  /** Whether to avoid fused multiply-add, for equal bits on every engine. Default false. */
  readonly deterministic?: boolean;
}

/** A product of two row-major matrices, `out = op(A) · op(B)`. */
export interface GemmOptions<T extends Float32Array | Float64Array = Float32Array | Float64Array> extends Product<T> {
  /** The element of `a` where A begins. Default 0. */
  readonly aOffset?: number;
  /** The element of `b` where B begins. Default 0. */
  readonly bOffset?: number;
}

/** Products of as many matrices as there are offsets; the results, m × n elements each, follow one another in `out`. */
export interface BatchedGemmOptions<
  T extends Float32Array | Float64Array = Float32Array | Float64Array,
> extends Product<T> {
  /** The elements of `a` where the matrices A begin. */
  readonly aOffsets: readonly number[];
  /** The elements of `b` where the matrices B begin, as many. */
  readonly bOffsets: readonly number[];
}
