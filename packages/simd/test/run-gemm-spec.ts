import { ModuleBuilder } from "../src/assembler/module-builder.ts";
import { defineGemm } from "../src/gemm/fixed/define-gemm.ts";
import { gemmScratchBytes } from "../src/gemm/fixed/gemm-plan.ts";
import type { AffineMatrix, AxisDigit, GemmSpec, StridedMatrix } from "../src/gemm/fixed/gemm-spec.ts";

type Floats = Float32Array | Float64Array;

/** Where the elements of an index's axis lie, relative to index 0, in elements. */
export function axisOffsets(digits: readonly AxisDigit[]): number[] {
  return digits.reduce<number[]>(
    (offsets, { size, stride }) =>
      offsets.flatMap((offset) => Array.from({ length: size }, (_, i) => offset + i * stride)),
    [0],
  );
}

/** A matrix as digits. */
export function digitsOf(matrix: StridedMatrix | AffineMatrix, rows: number, columns: number): AffineMatrix {
  if (!("rowStride" in matrix)) return matrix;
  return {
    rows: [{ size: rows, stride: matrix.rowStride }],
    columns: [{ size: columns, stride: matrix.columnStride }],
  };
}

/** The lowest and the highest element that a matrix reads, relative to its element (0, 0). */
export function extentOf(matrix: StridedMatrix | AffineMatrix, rows: number, columns: number): [number, number] {
  const digits = digitsOf(matrix, rows, columns);
  const [i, j] = [axisOffsets(digits.rows), axisOffsets(digits.columns)];
  const min = (x: number[]): number => x.reduce((low, value) => Math.min(low, value), 0);
  const max = (x: number[]): number => x.reduce((high, value) => Math.max(high, value), 0);
  return [min(i) + min(j), max(i) + max(j)];
}

/** A product in a memory of its own. */
export interface GemmRun {
  /** The elements that A and B touch, from the lowest on, to be filled by the caller. */
  readonly a: Floats;
  readonly b: Floats;
  /** C from its first to its last element, gaps between rows included. */
  readonly c: Floats;
  /** The elements before and after C. */
  readonly guards: readonly Floats[];
  readonly multiply: (rowStart: number, rowEnd: number, argument?: number) => void;
}

/** Assembles and instantiates a product. The operand `atEnd` lies at the end of the memory: reading beyond it traps. */
export function instantiateGemm(spec: GemmSpec, atEnd: "a" | "b"): GemmRun {
  const Type = spec.dtype === "float32" ? Float32Array : Float64Array;
  const size = Type.BYTES_PER_ELEMENT;
  const { m, n, k } = spec;
  const extents = { a: extentOf(spec.a, m, k), b: extentOf(spec.b, k, n) };
  const count = (name: "a" | "b"): number => extents[name][1] - extents[name][0] + 1;
  const countC = m === 0 || n === 0 ? 0 : (m - 1) * spec.c.rowStride + n;
  const align = (bytes: number): number => Math.ceil(bytes / 64) * 64;
  const other = atEnd === "a" ? "b" : "a";
  const scratchAt = 64;
  const cAt = align(scratchAt + gemmScratchBytes(spec)) + 64;
  const otherAt = align(cAt + countC * size) + 64;
  const bytes = otherAt + align(count(other) * size) + count(atEnd) * size;
  const pages = Math.ceil(bytes / 65536);
  const endAt = pages * 65536 - count(atEnd) * size;

  const module = new ModuleBuilder();
  module.memory({ initial: pages });
  module.exportMemory("memory");
  module.exportFunction(defineGemm(module, spec), "multiply");
  const { exports } = new WebAssembly.Instance(module.compile());
  const { buffer } = exports["memory"] as WebAssembly.Memory;
  const multiply = exports["multiply"] as (...args: number[]) => void;
  new Type(buffer).fill(Number.NaN);
  const at = { [atEnd]: endAt, [other]: otherAt } as Record<"a" | "b", number>;
  const base = (name: "a" | "b"): number => at[name] - extents[name][0] * size;
  return {
    a: new Type(buffer, at.a, count("a")),
    b: new Type(buffer, at.b, count("b")),
    c: new Type(buffer, cAt, countC),
    guards: [new Type(buffer, cAt - 64, 64 / size), new Type(buffer, cAt + countC * size, 64 / size)],
    multiply: (rowStart, rowEnd, argument = 0) =>
      multiply(base("a"), base("b"), cAt, scratchAt, rowStart, rowEnd, argument),
  };
}

/** The sum of one element in float64 and the sum of the magnitudes of its terms. */
export function referenceSum(
  spec: GemmSpec,
  { a, b }: Pick<GemmRun, "a" | "b">,
): (row: number, column: number) => { readonly sum: number; readonly magnitude: number } {
  const { m, n, k } = spec;
  const [digitsA, digitsB] = [digitsOf(spec.a, m, k), digitsOf(spec.b, k, n)];
  const lowA = extentOf(spec.a, m, k)[0];
  const lowB = extentOf(spec.b, k, n)[0];
  const [rowsA, columnsA] = [axisOffsets(digitsA.rows), axisOffsets(digitsA.columns)];
  const [rowsB, columnsB] = [axisOffsets(digitsB.rows), axisOffsets(digitsB.columns)];
  return (row, column) => {
    let [sum, magnitude] = [0, 0];
    for (let p = 0; p < k; p++) {
      const x = a[rowsA[row]! + columnsA[p]! - lowA]!;
      const y = b[rowsB[p]! + columnsB[column]! - lowB]!;
      sum += x * y;
      magnitude += Math.abs(x * y);
    }
    return { sum, magnitude };
  };
}
