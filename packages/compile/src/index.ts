export { compile, type Compiled, type CompileOptions } from "./compile.ts";
export type { BufferSummary, PlanSummary, KernelSummary, LoopSummary } from "./summary/plan-summary.ts";
export { exportWasm, type ExportedWasm, type ExportWasmOptions, type NamedTensors } from "./export-wasm.ts";
export type { WasmDescription, WasmPlace } from "./loader.ts";
export { startWorkersWith, type WebWorker } from "./wasm/threads/start-workers-with.ts";
