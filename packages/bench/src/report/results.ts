import type { BundleSize } from "../bundle-size.ts";
import type { Outcome, Timing } from "../race.ts";

/** What one run of the bench found; the content of results.json. */
export interface Results {
  /** ISO date. */
  readonly date: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memory: string;
    readonly system: string;
  };
  /** What the contenders run on. */
  readonly versions: readonly string[];
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly { readonly name: string; readonly outcomes: Readonly<Record<string, Outcome>> }[];
  /** By what is imported. */
  readonly bundles: Readonly<Record<string, BundleSize>>;
}

/** A column as reported. */
export interface ReportColumn {
  readonly id: string;
  readonly title: string;
  readonly group: "ours" | "peer";
  readonly threads: number;
  /** How to get it, if it is not there. */
  readonly missing?: string;
}

/** The timing of a cell that has one. */
export function timingOf(outcome: Outcome | undefined): Timing | undefined {
  return outcome === undefined || "error" in outcome ? undefined : outcome;
}
