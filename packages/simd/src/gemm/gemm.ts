import { detectFeatures } from "../features/detect-features.ts";
import { runBatch } from "./batched-gemm.ts";
import { gemmKernels } from "./gemm-kernels.ts";
import { checkGemm } from "./check-gemm.ts";
import type { BatchedGemmOptions, GemmOptions } from "./gemm-options.ts";

/** Whether this engine can run `gemm`: WebAssembly with SIMD. */
export function gemmAvailable(): boolean {
  return detectFeatures().simd;
}

/**
 * Multiplies two matrices with SIMD: `out[i, j] = Σ_k op(A)[i, k] · op(B)[k, j]`.
 *
 * float32 sums run in single precision over chunks of 64 steps of K and blocks of four chunks, and in float64 over
 * blocks; float64 throughout for float64. The order depends on K alone: a row has the same bits whatever the batch.
 *
 * @throws RangeError if a size or offset is not a non-negative integer, an array is too short or `out` overlaps
 * @throws TypeError if the arrays are not all Float32Array or all Float64Array
 * @throws Error if the engine has no WebAssembly SIMD; see `gemmAvailable`
 * @example
 * const out = new Float32Array(4);
 * gemm({ m: 2, n: 2, k: 2, a: Float32Array.of(1, 2, 3, 4), b: Float32Array.of(5, 6, 7, 8), out });
 * out; // => Float32Array [19, 22, 43, 50]
 */
export function gemm<T extends Float32Array | Float64Array>(options: GemmOptions<T>): void {
  const { m, n, k, a, b, out, transposeA, transposeB, outOffset, deterministic, aOffset = 0, bOffset = 0 } = options;
  const one = { m, n, k, a, b, out, transposeA, transposeB, outOffset, deterministic };
  gemmBatch({ ...one, aOffsets: [aOffset], bOffsets: [bOffset] } as BatchedGemmOptions);
}

/**
 * {@link gemm} of one pair of matrices after another, with the same bits. Matrices that several products share are copied
 * and packed once.
 *
 * @throws RangeError | TypeError | Error as `gemm` does, and for another number of offsets of `b` than of `a`
 * @example
 * const out = new Float32Array(2);
 * const dot = { m: 1, n: 1, k: 2, a: Float32Array.of(1, 2), b: Float32Array.of(3, 4, 5, 6), out };
 * gemmBatch({ ...dot, aOffsets: [0, 0], bOffsets: [0, 2] });
 * out; // => Float32Array [11, 17]
 */
export function gemmBatch<T extends Float32Array | Float64Array>(options: BatchedGemmOptions<T>): void {
  checkGemm(options);
  const { m, n, k, out, aOffsets, outOffset = 0 } = options;
  const size = aOffsets.length * m * n;
  if (size === 0) return;
  if (k === 0) {
    out.fill(0, outOffset, outOffset + size);
    return;
  }
  if (!gemmAvailable()) {
    throw new Error("gemm: expected an engine with WebAssembly SIMD, got none. Ask gemmAvailable() before.");
  }
  const type = out[Symbol.toStringTag] === "Float32Array" ? "f32" : "f64";
  runBatch(options, gemmKernels(type, options.deterministic ?? false));
}
