import type { Tensor } from "@tapegrad/tensor";
import type { Graph, Operation } from "./graph/graph.ts";
import type { Schedule } from "./schedule/schedule.ts";
import type { PlanSummary } from "./summary/plan-summary.ts";

/** How many threads run a compiled function: a number, or as many as its work pays for. */
export type Threads = number | "auto";

/** How an executable is made. */
export interface BuildOptions {
  /** No instruction whose result depends on the machine. */
  readonly deterministic: boolean;
  readonly threads: Threads;
}

/** A scheduled graph with code and memory: ready to run. */
export interface Executable {
  /**
   * Runs it, and writes what the graph assigns and the gradients it gives.
   *
   * @param tensors the tensors in the arguments, then the gradients that some of them have
   * @returns the results in the order of the graph
   * @throws whatever an operation that can fail throws; captured tensors and gradients have not changed then
   */
  readonly call: (tensors: readonly Tensor[]) => Tensor[];
  readonly summary: PlanSummary;
  /** Gives its memory back. */
  readonly free: () => void;
}

/** What graphs are compiled to. Everything that depends on the device is behind this. */
export interface Target {
  /** The graph as it is written in terms of what the kernels compute, and in the dtypes that its accuracy asks for. */
  readonly lower: (graph: Graph) => Graph;
  /** Whether a fused kernel can contain an operation: loops, or for a contraction its product. Others are routines. */
  readonly canFuse: (operation: Operation) => boolean;
  readonly build: (schedule: Schedule, options: BuildOptions) => Executable;
}
