/** Bytes of the memory of the kernels: what a second-level cache holds. */
export const memoryBytes: number = 2 ** 20;

/** The memory that elementwise kernels and folds work in. What stands there is of no use after a call. */
export interface KernelMemory {
  readonly memory: WebAssembly.Memory;
  /** All of it, by the type of elements. It never grows. */
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
  readonly bool: Uint8Array;
}

let shared: KernelMemory | undefined;

/** The memory of the kernels, made on first use. */
export function kernelMemory(): KernelMemory {
  if (shared === undefined) {
    const pages = memoryBytes / 65536;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { buffer } = memory;
    shared = {
      memory,
      float32: new Float32Array(buffer),
      float64: new Float64Array(buffer),
      int32: new Int32Array(buffer),
      bool: new Uint8Array(buffer),
    };
  }
  return shared;
}
