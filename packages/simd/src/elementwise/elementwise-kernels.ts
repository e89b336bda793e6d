import { bytesOf } from "../assembled/bytes-of.ts";
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
  if (instance === undefined) {
    const module = new WebAssembly.Module(bytesOf("elementwise"));
    const { exports } = new WebAssembly.Instance(module, { kernels: { memory: kernelMemory().memory } });
    instance = exports as unknown as ElementwiseKernels;
  }
  return instance;
}
