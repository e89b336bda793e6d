import "@tapegrad/autograd"; // what a model computes goes backward

export type { Callback, Logs, Training } from "./callbacks/callback.ts";
export * as metrics from "./metrics/metrics.ts";
export { History } from "./model/history.ts";
export { htmlReport, reportHtml, type ReportOptions } from "./report/html-report.ts";
export type { ReportTable } from "./report/html.ts";
export type { HistoryData, LayerActivations, Reported, ReportRun } from "./report/report-run.ts";
export type { ModuleSummary, SummaryRow, SummaryTotals } from "./tools/summary/module-summary.ts";
export { summary, type SummaryOptions } from "./tools/summary/summary.ts";
