export type { Metric, UpdateOptions } from "./metric.ts";
