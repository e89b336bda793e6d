import type { Threads } from "../../target.ts";
import { mostThreads } from "./control-block.ts";
import { canStartWorkers, processors } from "./start-worker.ts";

/** Floating-point operations that repay one more thread, some 100 µs. */
const flopsPerThread = 1e6;

/**
 * The threads that a plan is made for: what was asked for, or as many as its work pays for and the machine has.
 * 1 where threads cannot share memory or have nothing to share, at most {@link mostThreads}.
 *
 * @param flops floating-point operations of the kernels that threads can share
 */
export function chooseThreads(threads: Threads, flops: number): number {
  if (threads === 1 || flops === 0 || !canStartWorkers()) return 1;
  const wanted = threads === "auto" ? Math.min(processors(), Math.floor(flops / flopsPerThread)) : threads;
  return Math.min(Math.max(wanted, 1), mostThreads);
}
