import { type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { type Table, tableOf } from "../table.ts";
import { type CsvOptions, csvTable } from "../table-options.ts";

/** Options of the embedded tables. */
export type TableOptions = Pick<CsvOptions, "features">;

/** The rows of those options. */
export const embeddedTable: OptionTable<TableOptions> = { features: csvTable.features };

/** An embedded table with where it is from. */
export interface PublishedTable extends Table {
  /** By whom the data is, and how it may be used. */
  readonly licence: string;
}

/**
 * Reads an embedded table as `csv` would. It is read at each call, and not before.
 *
 * @param fn name of the function that was called, for messages
 */
export function embedded<O extends TableOptions>(
  fn: string,
  { text, licence, classes }: { readonly text: string; readonly licence: string; readonly classes?: readonly string[] },
  options: O,
  table: OptionTable<O>,
): PublishedTable {
  const given: CsvOptions = settleOptions(fn, options, table);
  return { ...tableOf(fn, text, settleOptions<CsvOptions>(fn, { classes, ...given }, csvTable)), licence };
}
