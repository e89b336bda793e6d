import type { ValueRange } from "@tapegrad/tensor/internal";

/** Paths of files and folders. */
export const pathRange: ValueRange<string> = {
  text: "to be a path",
  has: (value): value is string => typeof value === "string" && value !== "",
};
