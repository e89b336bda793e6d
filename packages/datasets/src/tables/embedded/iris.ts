import { embedded, embeddedTable, type PublishedTable, type TableOptions } from "./embedded-table.ts";
import { irisText } from "./iris-data.ts";

/**
 * 150 irises of three species, of which length and width of sepals and petals were measured in cm. Embedded.
 *
 * Source: R. A. Fisher, The use of multiple measurements in taxonomic problems (1936); UCI Machine Learning Repository,
 * https://doi.org/10.24432/C56C76, CC BY 4.0; with the numbers of Fisher's paper, as scikit-learn ships them.
 *
 * @returns x float32 `[150, 4]`, y int32 `[150]`
 * @throws {ValueError} if there is no such feature, or an option is unknown
 * @example
 * iris().classes; // => ["setosa", "versicolor", "virginica"]
 * iris({ features: ["petal length (cm)", "petal width (cm)"] }).x.shape; // => [150, 2]
 */
export function iris(options: TableOptions = {}): PublishedTable {
  return embedded("iris", { text: irisText, licence }, options, embeddedTable);
}

const licence =
  "Iris, R. A. Fisher (1936), UCI Machine Learning Repository, https://doi.org/10.24432/C56C76, CC BY 4.0, as in the paper.";
