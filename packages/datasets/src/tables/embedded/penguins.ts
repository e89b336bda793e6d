import { option, type OptionTable } from "@tapegrad/tensor/internal";
import { type CsvOptions, csvTable } from "../table-options.ts";
import { embedded, embeddedTable, type PublishedTable } from "./embedded-table.ts";
import { penguinsText } from "./penguins-data.ts";

/** Options of {@link penguins}. */
export type PenguinsOptions = Pick<CsvOptions, "features" | "missing">;

const table: OptionTable<PenguinsOptions> = { ...embeddedTable, missing: option(csvTable.missing.range, "drop") };

/**
 * 344 penguins of three species, by length and depth of the beak, length of a flipper, mass, island and sex. Embedded.
 *
 * Island and sex become columns of 0 and 1. Two penguins were not measured and eleven have no sex: penguins that lack what is asked
 * for are dropped unless `missing` says otherwise.
 *
 * Source: K. B. Gorman, T. D. Williams and W. R. Fraser (2014); A. M. Horst, A. P. Hill and K. B. Gorman, palmerpenguins (2020),
 * https://doi.org/10.5281/zenodo.3960218, CC0; as vega-datasets ships them.
 *
 * @returns x float32 `[333, 9]`, y int32 `[333]`
 * @throws {ValueError} if there is no such feature, or an option is unknown
 * @throws {FormatError} for `missing: "error"`
 * @example
 * const { x, classes, features } = penguins();
 * x.shape; // => [333, 9]
 * classes; // => ["Adelie", "Chinstrap", "Gentoo"]
 * features.slice(4); // => ["island=Biscoe", "island=Dream", "island=Torgersen", "sex=female", "sex=male"]
 * penguins({ features: ["beak length (mm)", "body mass (g)"] }).x.shape; // => [342, 2]
 */
export function penguins(options: PenguinsOptions = {}): PublishedTable {
  return embedded("penguins", { text: penguinsText, licence }, options, table);
}

const licence =
  "Palmer penguins, A. M. Horst, A. P. Hill and K. B. Gorman (2020), https://doi.org/10.5281/zenodo.3960218, CC0.";
