import { instantiate } from "../assembled/instantiate.ts";
import { gemmWorkspace } from "../gemm/gemm-kernels.ts";

type Walk = (axes: number, rank: number, a: number, b: number) => void;
type IndexedWalk = (axes: number, rank: number, a: number, b: number, along: number, apart: number) => void;
type Search = (x: number, out: number, outer: number, n: number, stride: number) => void;

/** The instantiated kernels; addresses are in bytes. */
export interface MovementKernels {
  readonly copy: Walk;
  readonly addTo: Walk;
  readonly gather: IndexedWalk;
  readonly scatterAdd: IndexedWalk;
  readonly argmax: Search;
  readonly argmin: Search;
}

let kernels: MovementKernels | undefined;

/** The kernels, compiled on first use. */
export function movementKernels(): MovementKernels {
  kernels ??= instantiate<MovementKernels>("movement", { gemm: { memory: gemmWorkspace().memory } });
  return kernels;
}
