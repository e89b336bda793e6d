import { ranges, type ValueRange } from "@tapegrad/tensor/internal";

/** Objects that hold texts by name. */
export const textsByName: ValueRange<Readonly<Record<string, string>>> = {
  text: "to be texts by name",
  has: (value): value is Readonly<Record<string, string>> =>
    ranges.record.has(value) && Object.values(value).every((text) => typeof text === "string"),
};
