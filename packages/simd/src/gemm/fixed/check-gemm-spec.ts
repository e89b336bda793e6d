import { lengthOf } from "./affine-axis.ts";
import type { AffineMatrix, GemmSpec, StridedMatrix } from "./gemm-spec.ts";

/** Checks the sizes and strides of a product. */
export function checkGemmSpec(spec: GemmSpec): void {
  const { m, n, k, a, b, c } = spec;
  for (const [name, size] of Object.entries({ m, n, k })) checkInteger(name, size, 0);
  checkMatrix("a", a, m, k);
  checkMatrix("b", b, k, n);
  checkInteger("c.rowStride", c.rowStride, m > 1 ? n : 0);
}

function checkMatrix(name: string, matrix: StridedMatrix | AffineMatrix, rows: number, columns: number): void {
  if ("rowStride" in matrix) {
    checkInteger(`${name}.rowStride`, matrix.rowStride);
    checkInteger(`${name}.columnStride`, matrix.columnStride);
    return;
  }
  for (const [axis, length] of [
    ["rows", rows],
    ["columns", columns],
  ] as const) {
    for (const { size, stride } of matrix[axis]) {
      checkInteger(`sizes of ${name}.${axis}`, size, 0);
      checkInteger(`strides of ${name}.${axis}`, stride);
    }
    const product = lengthOf(matrix[axis]);
    if (product !== length) {
      throw new RangeError(`defineGemm: expected ${name}.${axis} to count ${length} indices, got ${product}.`);
    }
  }
}

function checkInteger(name: string, value: number, least?: number): void {
  if (Number.isSafeInteger(value) && (least === undefined || value >= least)) return;
  const kind = least === undefined ? "an integer" : `an integer of at least ${least}`;
  throw new RangeError(`defineGemm: expected ${name} to be ${kind}, got ${value}.`);
}
