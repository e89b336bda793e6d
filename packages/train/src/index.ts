import "@tapegrad/autograd"; // what a model computes goes backward

export type { Callback, Logs, Training } from "./callbacks/callback.ts";
export * as metrics from "./metrics/metrics.ts";
export { History } from "./model/history.ts";
export type { ModuleSummary, SummaryRow, SummaryTotals } from "./tools/summary/module-summary.ts";
export { summary, type SummaryOptions } from "./tools/summary/summary.ts";
