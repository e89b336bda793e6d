import { resolveName } from "@tapegrad/tensor/internal";
import { Accuracy } from "./accuracy.ts";
import type { Metric } from "./metric.ts";

/** Metrics by name. */
const table: { readonly [name: string]: () => Metric } = { accuracy: () => new Accuracy(), acc: () => new Accuracy() };

/**
 * A metric as it is, or a new one of that name; case and underscores do not matter.
 *
 * @throws {ValueError} for an unknown name, with all that are allowed
 */
export function resolveMetric(fn: string, metric: string | Metric): Metric {
  if (typeof metric === "object" && "update" in metric) return metric;
  return resolveName(fn, "a Metric", table, metric)();
}
