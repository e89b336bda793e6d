import { embedded, embeddedTable, type PublishedTable, type TableOptions } from "./embedded-table.ts";
import { wineText } from "./wine-data.ts";

/**
 * 178 wines of three cultivars, by thirteen chemical measurements of very different size. Embedded.
 *
 * Source: S. Aeberhard and M. Forina, Wine (1991), UCI Machine Learning Repository, https://doi.org/10.24432/C5PC7J, CC BY 4.0.
 *
 * @returns x float32 `[178, 13]`, y int32 `[178]`
 * @throws {ValueError} if there is no such feature, or an option is unknown
 * @example
 * const { x, classes } = wine();
 * x.shape; // => [178, 13]
 * classes; // => ["class_0", "class_1", "class_2"]
 */
export function wine(options: TableOptions = {}): PublishedTable {
  return embedded("wine", { text: wineText, licence }, options, embeddedTable);
}

const licence =
  "Wine, S. Aeberhard and M. Forina (1991), UCI Machine Learning Repository, https://doi.org/10.24432/C5PC7J, CC BY 4.0.";
