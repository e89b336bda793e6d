import { instantiate } from "../assembled/instantiate.ts";
import { detectFeatures } from "../features/detect-features.ts";
import { kernelMemory } from "./kernel-memory.ts";
import type { OperationName } from "./operations.ts";

/** Computes whole vectors from `out` to `end`. A step is how far an operand moves on for four elements. */
export type ElementwiseKernel = (
  a: number,
  stepA: number,
  b: number,
  stepB: number,
  c: number,
  stepC: number,
  out: number,
  end: number,
) => void;

/** The instantiated kernels; addresses and steps are in bytes. */
export type ElementwiseKernels = { readonly [Name in OperationName]: ElementwiseKernel } & {
  /** Repeats elements of 4 bytes from `a` on, the first one over `first` bytes and others over `repeat`. */
  readonly spread: Spread;
  readonly spreadBytes: Spread;
};

type Spread = (a: number, repeat: number, first: number, out: number, end: number) => void;

let instance: ElementwiseKernels | undefined;

/** The kernels, compiled on first use. */
export function elementwiseKernels(): ElementwiseKernels {
  instance ??= instantiate<ElementwiseKernels>("elementwise", { kernels: { memory: kernelMemory().memory } });
  return instance;
}

let available: boolean | undefined;

/**
 * Whether this engine can run elementwise programs, and folds over groups: WebAssembly with SIMD, and no limit for what is
 * compiled at once, as old browsers have on the main thread.
 */
export function elementwiseAvailable(): boolean {
  available ??= detectFeatures().simd && compiles();
  return available;
}

/** The module of the groups is smaller. */
function compiles(): boolean {
  try {
    elementwiseKernels();
    return true;
  } catch {
    return false;
  }
}
