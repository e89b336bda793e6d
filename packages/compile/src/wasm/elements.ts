import {
  type AccessOptions,
  type Expr,
  f32,
  f32x4,
  f64,
  f64x2,
  type FunctionBuilder,
  i16x8,
  i32,
  i32x4,
  i8x16,
  type LaneLoad,
  type Load,
  type Operand,
  v128,
} from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { dtypes } from "@tapegrad/tensor/internal";
import type { ReductionName } from "../operations/operations.ts";

type F = FunctionBuilder<"void">;
type Vector = Expr<"v128">;
type Combine = (a: Vector, b: Vector) => Vector;
type Total = Expr<"i32" | "f32" | "f64">;

/** What WebAssembly has to know of an element type. */
export interface ElementCode {
  /** How many a vector holds; a bool is a mask as wide as an int32. */
  readonly lanes: 2 | 4;
  /** A vector of equal numbers. */
  readonly constant: (value: number) => Vector;
  /** What an element is outside of vectors. */
  readonly type: "i32" | "f32" | "f64";
  readonly load: (address: Operand<"i32">, options?: AccessOptions) => Expr<"i32" | "f32" | "f64">;
  readonly memory: LaneMemory;
  /** The least and the greatest number. */
  readonly bounds: readonly [number, number];
  /** How reductions combine; undefined where they have a kernel of their own. */
  readonly folds: { readonly [Name in ReductionName]: Combine } | undefined;
  /** Undefined where routines do not add. */
  readonly sums: SumCode | undefined;
  readonly floats: FloatCode | undefined;
}

/** How lanes are read and written. */
interface LaneMemory {
  /** One element, in all lanes. */
  readonly splat: Load<"v128">;
  /** One element, in the first lane. */
  readonly first: Load<"v128">;
  /** One element more, in another lane. */
  readonly another: LaneLoad;
  /** Neighbouring elements. */
  readonly row: (address: Expr<"i32">, offset: number) => Vector;
  /** The lanes for elements as they were read. */
  readonly decoded: (lanes: Vector) => Vector;
  readonly storeLane: (f: F, address: Expr<"i32">, vector: Vector, lane: number, offset: number) => void;
  readonly storeRow: (f: F, address: Expr<"i32">, vector: Vector, offset: number) => void;
}

/** How elements are added: in totals of a dtype that may be wider, and are then rounded once. */
export interface SumCode {
  readonly dtype: DType;
  /** The dtype of totals, and what it is outside of vectors. */
  readonly total: DType;
  readonly type: "i32" | "f32" | "f64";
  add(a: Operand<"i32" | "f32" | "f64">, b: Operand<"i32" | "f32" | "f64">): Total;
  readonly addVectors: Combine;
  /** An element as a total. */
  readonly load: (address: Operand<"i32">, options?: AccessOptions) => Total;
  /** Writes a total as an element. */
  store(f: F, address: Operand<"i32">, total: Total, options?: AccessOptions): void;
  /** A vector of elements as vectors of totals. */
  readonly widen: (f: F, elements: Vector) => readonly Vector[];
  /** Vectors of totals as a vector of elements. */
  readonly round: (totals: readonly Vector[]) => Vector;
}

/** The instructions that all float dtypes have. */
export interface FloatCode {
  readonly shape: "f32x4" | "f64x2";
  readonly vectors: typeof f32x4 | typeof f64x2;
  readonly scalars: typeof f32 | typeof f64;
}

const plain = (bits: 32 | 64): LaneMemory => ({
  splat: v128[`load${bits}Splat` as const],
  first: v128[`load${bits}Zero` as const],
  another: v128[`load${bits}Lane` as const],
  row: (address, offset) => v128.load(address, { offset, align: 4 }),
  decoded: (lanes) => lanes,
  storeLane: (f, address, vector, lane, offset) => f.storeLane(bits, address, vector, lane, { offset }),
  storeRow: (f, address, vector, offset) => f.store("v128", address, vector, { offset, align: 4 }),
});

/** Bytes of 0 or 1, as masks of 32 bits. */
const masks: LaneMemory = {
  splat: (address, options) => i32x4.splat(i32.load8U(address, options)),
  first: (address, options) => i32x4.splat(i32.load8U(address, options)),
  another: (address, lanes, lane, options) => i32x4.replaceLane(lanes, lane, i32.load8U(address, options)),
  row: (address, offset) =>
    i32x4.extendLowI16x8U(i16x8.extendLowI8x16U(v128.load32Zero(address, { offset, align: 1 }))),
  decoded: (lanes) => i32x4.ne(lanes, i32x4.const(0)),
  storeLane: (f, address, mask, lane, offset) =>
    f.store("i32.8", address, i32.and(i32x4.extractLane(mask, lane), 1), { offset }),
  storeRow: (f, address, mask, offset) => {
    const narrow = i16x8.narrowI32x4S(mask, mask);
    f.storeLane(32, address, v128.and(i8x16.narrowI16x8S(narrow, narrow), i8x16.const(1)), 0, { offset, align: 1 });
  },
};

/** Sums in the dtype itself. */
const ownSums = (
  dtype: DType,
  type: "i32" | "f32" | "f64",
  { add, load }: typeof i32 | typeof f32 | typeof f64,
  addVectors: Combine,
): SumCode => ({
  dtype,
  total: dtype,
  type,
  add,
  addVectors,
  load,
  store: (f, address, total, options) => f.store(type, address, total, options),
  widen: (_, x) => [x],
  round: ([x]) => x!,
});

/** Sums of float32 in float32, where few terms meet. */
export const narrowSums: SumCode = ownSums("float32", "f32", f32, f32x4.add);

/** One row for each dtype. */
export const elements: { readonly [D in DType]: ElementCode } = {
  float32: {
    lanes: 4,
    constant: f32x4.const,
    type: "f32",
    load: f32.load,
    memory: plain(32),
    bounds: [-Infinity, Infinity],
    folds: { sum: f32x4.add, prod: f32x4.mul, max: f32x4.max, min: f32x4.min },
    sums: {
      ...ownSums("float64", "f64", f64, f64x2.add),
      dtype: "float32",
      load: (address, options) => f64.promoteF32(f32.load(address, options)),
      store: (f, address, total: Expr<"f64">, options) => f.store("f32", address, f32.demoteF64(total), options),
      widen: (f, x) => {
        const four = f.let(x);
        return [f64x2.promoteLowF32x4(four), f64x2.promoteLowF32x4(f32x4.shuffle(four, four, [2, 3, 2, 3]))];
      },
      round: ([low, high]) => f32x4.shuffle(f32x4.demoteF64x2Zero(low!), f32x4.demoteF64x2Zero(high!), [0, 1, 4, 5]),
    },
    floats: { shape: "f32x4", vectors: f32x4, scalars: f32 },
  },
  float64: {
    lanes: 2,
    constant: f64x2.const,
    type: "f64",
    load: f64.load,
    memory: plain(64),
    bounds: [-Infinity, Infinity],
    folds: { sum: f64x2.add, prod: f64x2.mul, max: f64x2.max, min: f64x2.min },
    sums: ownSums("float64", "f64", f64, f64x2.add),
    floats: { shape: "f64x2", vectors: f64x2, scalars: f64 },
  },
  int32: {
    lanes: 4,
    constant: i32x4.const,
    type: "i32",
    load: i32.load,
    memory: plain(32),
    bounds: [-(2 ** 31), 2 ** 31 - 1],
    folds: { sum: i32x4.add, prod: i32x4.mul, max: i32x4.maxS, min: i32x4.minS },
    sums: ownSums("int32", "i32", i32, i32x4.add),
    floats: undefined,
  },
  bool: {
    lanes: 4,
    constant: (value) => i32x4.const(value === 0 ? 0 : -1),
    type: "i32",
    load: i32.load8U,
    memory: masks,
    bounds: [0, 1],
    folds: undefined,
    sums: undefined,
    floats: undefined,
  },
};

/** Bytes of one element. */
export function bytesOf(dtype: DType): 1 | 4 | 8 {
  return dtypes[dtype].bytes;
}

/** Whether totals are of a wider dtype than elements, and rounded when they are complete. */
export function isRounded(dtype: DType): boolean {
  return (elements[dtype].sums?.total ?? dtype) !== dtype;
}
