import { nn } from "tapegrad";

/** The norms that are compared, by the names that results and tables use. */
export const normNames = ["none", "BatchNorm", "LayerNorm", "RMSNorm"] as const;

/** One of {@link normNames}. */
export type NormName = (typeof normNames)[number];

/** What `--norm` calls them. */
export const normFlags: Readonly<Record<string, NormName>> = {
  none: "none",
  batch: "BatchNorm",
  layer: "LayerNorm",
  rms: "RMSNorm",
};

/** A layer that normalizes `features` values per sample, or nothing for "none". */
export function makeNorm(name: NormName, features: number): nn.Module | undefined {
  switch (name) {
    case "none":
      return undefined;
    case "BatchNorm":
      return new nn.BatchNorm(features);
    case "LayerNorm":
      return new nn.LayerNorm(features);
    case "RMSNorm":
      return new nn.RMSNorm(features);
  }
}
