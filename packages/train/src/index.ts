import "@tapegrad/autograd"; // what a model computes goes backward

export { Checkpoint, type CheckpointOptions, type CheckpointState } from "./callbacks/checkpoint/checkpoint.ts";
export { type CheckpointContent, readCheckpoint } from "./callbacks/checkpoint/checkpoint-file.ts";
export { EarlyStopping, type EarlyStoppingOptions, type EarlyStoppingState } from "./callbacks/early-stopping.ts";
export type { MonitorOptions } from "./callbacks/monitor.ts";
export { ProgressBar, type ProgressBarOptions } from "./callbacks/progress-bar.ts";
export type { TextStream } from "./tools/progress/display.ts";
export type { ProgressOptions, ShownMetrics } from "./tools/progress/meter.ts";
export type { ProgressState } from "./tools/progress/progress-state.ts";
export { type Progress, progress } from "./tools/progress/progress.ts";
export type { Callback, Logs, Training } from "./callbacks/callback.ts";
export * as metrics from "./metrics/metrics.ts";
export type { Inputs, LoaderBatch } from "./model/batch.ts";
export type { BatchOptions, EvaluateOptions, PredictOptions } from "./model/call-options.ts";
export type { ClassWeight } from "./model/class-weights.ts";
export type { FitOptions, ValidationData } from "./model/fit-options.ts";
export { History } from "./model/history.ts";
export { Model } from "./model/model.ts";
export type { CompileSettings, MetricChoice } from "./model/settings.ts";
export type { BatchLoader, SampleWeight } from "./model/source-of.ts";
export type { ModuleSummary, SummaryRow, SummaryTotals } from "./tools/summary/module-summary.ts";
export { summary, type SummaryOptions } from "./tools/summary/summary.ts";
export { htmlReport, reportHtml, type ReportOptions } from "./report/html-report.ts";
export type { ReportTable } from "./report/html.ts";
export type { HistoryData, LayerActivations, Reported, ReportRun } from "./report/report-run.ts";
