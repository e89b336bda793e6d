export { compile, type Compiled, type CompileOptions } from "./compile.ts";
export type { BufferSummary, PlanSummary, KernelSummary, LoopSummary } from "./summary/plan-summary.ts";
