import type { BundleSize } from "../bundle-size.ts";
import { type Comparison, medianRatios } from "../compare.ts";
import { formatSize } from "./format-size.ts";
import { markdownTable } from "./markdown-table.ts";
import { significant } from "./significant.ts";

/** Ratios of two checkouts in Markdown, the medians of all rows on the last line; then sizes by name, and what failed. */
export function formatComparison(
  comparisons: readonly Comparison[],
  bundles: Readonly<Record<string, BundleSize>>,
): string {
  const failed = comparisons.flatMap((row) => ("error" in row ? [`- ${row.name}: ${row.error.split("\n")[0]}`] : []));
  return [
    "How many times faster this checkout is (the other's time ÷ this one's), one thread, median of interleaved rounds:",
    markdownTable([
      ["", "eager", "compiled", "compiled, first step"],
      ...[...comparisons, { name: "median", ...medianRatios(comparisons) }].map(cells),
    ]),
    ...Object.entries(bundles).map(([name, size]) => formatSize(name, size)),
    ...(failed.length === 0 ? [] : [`Failed:\n\n${failed.join("\n")}`]),
  ].join("\n\n");
}

function cells(row: Comparison): string[] {
  if ("error" in row) return [row.name, "–", "–", "–"];
  return [row.name, ...[row.eager, row.compiled, row.first].map((ratio) => (ratio > 0 ? significant(ratio) : "–"))];
}
