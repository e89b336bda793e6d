import type { Expr } from "../../assembler/expr.ts";
import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { Local } from "../../assembler/local.ts";

/** One digit of a mixed-radix index: it counts to `size`, each count worth `stride` elements of memory. */
export interface AxisDigit {
  /** How many values it has. */
  readonly size: number;
  /** Elements from a value to the next. */
  readonly stride: number;
}

/**
 * A matrix as an affine map: the address of element (i, j) is the base plus the digits of i and of j times their strides.
 *
 * The last digit of an index runs fastest; the sizes of an axis multiply up to its length. Strides may be negative or zero,
 * so a window, a flip or a broadcast is a matrix too: convolution reads the image itself, at rows (n, ho, wo) and
 * columns (c, kh, kw), without a copy of its windows.
 */
export interface AffineMatrix {
  /** The digits of a row's number. */
  readonly rows: readonly AxisDigit[];
  /** The digits of a column's number. */
  readonly columns: readonly AxisDigit[];
}

/** A matrix of one stride for rows and one for columns, in elements. */
export interface StridedMatrix {
  /** Elements from a row to the next. */
  readonly rowStride: number;
  /** Elements from a column to the next. */
  readonly columnStride: number;
}

/** Diagonals of a matrix: its elements (i, j) with `lower ≤ j − i ≤ upper`. */
export interface Band {
  /** The lowest diagonal, negative below the main one. */
  readonly lower: number;
  /** The highest diagonal. */
  readonly upper: number;
}

/** A vector of finished results: up to four float32 or two float64 of one row. */
export interface GemmResult {
  /** The results; lanes from `lanes` on are unspecified. */
  readonly value: Local<"v128">;
  /** How many lanes are results. */
  readonly lanes: number;
  /** The row of all lanes. */
  readonly row: Expr<"i32">;
  /** The column of the first lane. */
  readonly column: Expr<"i32">;
  /** What the caller passed as `argument`. */
  readonly argument: Local<"i32">;
}

/** Emits the code between a finished sum and its store; gives the vector to store. */
export type GemmEpilogue = (f: FunctionBuilder, result: GemmResult) => Expr<"v128">;

/** A product of fixed sizes and layouts, `C = A · B`. */
export interface GemmSpec {
  /** The name of the function, for readers of the module. Default "gemm". */
  readonly name?: string;
  /** Type of all elements. */
  readonly dtype: "float32" | "float64";
  /** Rows of A and C. */
  readonly m: number;
  /** Columns of B and C. */
  readonly n: number;
  /** Columns of A, rows of B. */
  readonly k: number;
  /** The left factor. */
  readonly a: StridedMatrix | AffineMatrix;
  /** The right factor. */
  readonly b: StridedMatrix | AffineMatrix;
  /** Where C lies: rows `rowStride` elements apart, columns side by side. */
  readonly c: { readonly rowStride: number };
  /**
   * Where A is not zero: terms outside are left out where they are 0, which they are unless B has an element that is not finite.
   * Default everywhere.
   */
  readonly bandA?: Band | undefined;
  /** Which elements of C are needed: others are what they were or the product. Default all. */
  readonly bandC?: Band | undefined;
  /** Multiply-add by relaxed SIMD, which rounds once where the machine can. */
  readonly fma: boolean;
  /** Applied once to each result before it is stored. */
  readonly epilogue?: GemmEpilogue;
  /** Adds what C holds to the sums before the epilogue. Default false. */
  readonly accumulateInto?: boolean;
}
