import { option, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";

/** Options of `csv` and `parseCsv`. A column is named, or counted from 0. */
export interface CsvOptions {
  /** What stands between two cells; a comma unless given. */
  readonly delimiter?: string;
  /** Whether the first row has the names of the columns; true unless given. They are called "0", "1", ... otherwise. */
  readonly header?: boolean;
  /** The column to predict; the last one unless given. */
  readonly target?: string | number | undefined;
  /** The columns to predict from, in this order; all but the target unless given. */
  readonly features?: readonly (string | number)[] | undefined;
  /**
   * Whether the target names classes, or their names in the order in which they count. Unless given, it does if it is not
   * all numbers. Classes without an order of yours are sorted.
   */
  readonly classes?: boolean | readonly string[] | undefined;
  /**
   * What becomes of features that are no numbers: a column of 0 and 1 for each of their values (the default), or one column
   * with the place of the value among all, sorted.
   */
  readonly categories?: "oneHot" | "codes";
  /**
   * What a missing feature is: an error (the default), a reason to drop its row, the mean of its column (of categories the
   * most frequent one), or NaN. A missing target is an error or drops its row.
   */
  readonly missing?: "error" | "drop" | "mean" | "nan";
  /** How missing values are written; empty cells, NA, N/A, NaN, nan, null and ? unless given. */
  readonly missingValues?: readonly string[];
}

const column = ranges.either({ ...ranges.text, text: "to be the name of a column" }, ranges.whole(0));

/** The rows of those options. */
export const csvTable: OptionTable<CsvOptions> = {
  delimiter: option(
    {
      text: "to be one character other than quotes and line breaks",
      has: (value): value is string => typeof value === "string" && /^[^"\r\n]$/u.test(value),
    },
    ",",
  ),
  header: option(ranges.flag, true),
  target: optional(column),
  features: optional(ranges.listOf(column)),
  classes: optional(ranges.either(ranges.flag, ranges.listOf(ranges.text))),
  categories: option(ranges.oneOf("oneHot", "codes"), "oneHot"),
  missing: option(ranges.oneOf("error", "drop", "mean", "nan"), "error"),
  missingValues: option(ranges.listOf(ranges.text), ["", "NA", "N/A", "NaN", "nan", "null", "?"]),
};
