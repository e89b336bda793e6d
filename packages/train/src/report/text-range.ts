import type { ValueRange } from "@tapegrad/tensor/internal";

/** Range of headings, names and the like. */
export const textRange: ValueRange<string> = {
  text: "to be a text",
  has: (value): value is string => typeof value === "string",
};
