/** The shape of a GEMM kernel: element type and register tile. */
export interface KernelConfig {
  readonly type: "f32" | "f64";
  /** Rows of the register tile. */
  readonly rows: number;
  /** Columns of the register tile, in vectors. */
  readonly vectors: number;
  /** Multiply-add by relaxed SIMD, which rounds once where the machine can. */
  readonly fused: boolean;
}

/**
 * What `gemm` runs, by the type of the elements and whether multiply-adds are fused: the fastest tiles measured on V8 11
 * and 13. Larger ones spill registers, smaller ones load more for each sum.
 */
export const kernelConfigs: Readonly<Record<"f32" | "f64" | "f32Fused" | "f64Fused", KernelConfig>> = {
  f32: { type: "f32", rows: 4, vectors: 2, fused: false },
  f64: { type: "f64", rows: 4, vectors: 2, fused: false },
  f32Fused: { type: "f32", rows: 6, vectors: 2, fused: true },
  f64Fused: { type: "f64", rows: 6, vectors: 2, fused: true },
};

/** Steps of K that are summed in the registers, one after another, before the sum is added to those before. */
export const chunkLength = 64;

/** Steps of K whose chunks are summed in the kernel's precision; such blocks are summed in float64. */
export const blockLength = 256;

/** Bytes of an element. */
export function elementSize({ type }: KernelConfig): 4 | 8 {
  return type === "f32" ? 4 : 8;
}

/** Elements in a vector. */
export function lanesOf(config: KernelConfig): number {
  return 16 / elementSize(config);
}

/** Columns of the register tile. */
export function columnsOf(config: KernelConfig): number {
  return config.vectors * lanesOf(config);
}
