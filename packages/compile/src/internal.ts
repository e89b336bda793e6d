/**
 * What the packages of tapegrad need of the compiler and users do not. No promise of stability.
 *
 * @module
 */
export type { Graph, Operation, Value } from "./graph/graph.ts";
export { type Application, operationFlops } from "./operations/operation-flops.ts";
export { Recorder } from "./trace/recorder.ts";
export { trace, type Trace } from "./trace/trace.ts";
export { treeOf } from "./trace/tree.ts";
export { loopText, repeatText } from "./summary/summary-text.ts";
export { type KernelClock, withKernelClock } from "./wasm/kernel-clock.ts";
