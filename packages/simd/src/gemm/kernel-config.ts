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
