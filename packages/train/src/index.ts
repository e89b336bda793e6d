import "@tapegrad/autograd"; // what a model computes goes backward

export {
  ActivationStats,
  type ActivationStatsOptions,
  type ActivationStatsState,
  type LayerStats,
} from "./callbacks/activation-stats.ts";
export type { Callback, Logs, Training } from "./training/callback.ts";
export { Checkpoint, type CheckpointOptions, type CheckpointState } from "./callbacks/checkpoint/checkpoint.ts";
export { CSVLogger, type CSVLoggerOptions, type CSVLoggerState } from "./callbacks/csv-logger.ts";
export { EarlyStopping, type EarlyStoppingOptions, type EarlyStoppingState } from "./callbacks/early-stopping.ts";
export {
  ExponentialMovingAverage,
  type ExponentialMovingAverageOptions,
} from "./callbacks/exponential-moving-average.ts";
export { JSONLLogger, type JSONLLoggerOptions, type JSONLLoggerState } from "./callbacks/jsonl-logger.ts";
export {
  LearningRateSchedule,
  type LearningRateScheduleOptions,
  type LearningRateScheduleState,
  type RateFunction,
} from "./callbacks/learning-rate-schedule.ts";
export type { MonitorOptions } from "./callbacks/monitor.ts";
export { ProgressBar, type ProgressBarOptions } from "./callbacks/progress-bar.ts";
export { TensorBoard, type TensorBoardOptions, type TensorBoardState } from "./callbacks/tensor-board.ts";
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./callbacks/reduce-lr-on-plateau.ts";
export { type NotFinite, TerminateOnNaN } from "./callbacks/terminate-on-nan.ts";
export * as metrics from "./metrics/metrics.ts";
export type { Inputs, LoaderBatch } from "./model/batch.ts";
export type { BatchOptions, EvaluateOptions, ModelSummaryOptions, PredictOptions } from "./model/call-options.ts";
export type { ClassWeight } from "./model/class-weights.ts";
export type { FitOptions, ValidationData } from "./model/fit-options.ts";
export { History } from "./training/history.ts";
export { Model } from "./model/model.ts";
export type { CompileSettings, MetricChoice } from "./model/settings.ts";
export type { BatchLoader, SampleWeight } from "./model/source-of.ts";
export type { LRCurve } from "./tools/lr-find/lr-curve.ts";
export { lrFind, type LRFindOptions } from "./tools/lr-find/lr-find.ts";
export type { TextStream } from "./progress/display.ts";
export type { ProgressOptions, ShownMetrics } from "./progress/meter.ts";
export type { ProgressState } from "./progress/progress-state.ts";
export { type Progress, progress } from "./progress/progress.ts";
export { type InputLoader, recalibrate } from "./tools/recalibrate.ts";
export type { SanityCheck, SanityReport } from "./tools/sanity/check.ts";
export { sanity, type SanityOptions } from "./tools/sanity/sanity.ts";
export type { ModuleSummary, SummaryRow, SummaryTotals } from "./summary/module-summary.ts";
export { summary, type SummaryOptions } from "./summary/summary.ts";
export { htmlReport, reportHtml, type ReportOptions } from "./report/html-report.ts";
export type { ReportTable } from "./report/html.ts";
export { chart, type ChartOptions, type Series } from "./report/terminal/chart.ts";
export { plot, type PlotOptions } from "./report/terminal/plot.ts";
export type { HistoryData, LayerActivations, Reported, ReportRun } from "./report/report-run.ts";
