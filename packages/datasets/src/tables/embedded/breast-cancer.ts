import { breastCancerText } from "./breast-cancer-data.ts";
import { embedded, embeddedTable, type PublishedTable, type TableOptions } from "./embedded-table.ts";

/**
 * 569 tumours, malignant (class 0) or benign (class 1), by thirty features of cell nuclei in an image: of ten measures the
 * mean, the standard error, and the mean of the three largest. Embedded.
 *
 * Source: W. Wolberg, O. Mangasarian, N. Street and W. Street, Breast Cancer Wisconsin (Diagnostic) (1993), UCI Machine Learning
 * Repository, https://doi.org/10.24432/C5DW2B, CC BY 4.0.
 *
 * @returns x float32 `[569, 30]`, y int32 `[569]`
 * @throws {ValueError} if there is no such feature, or an option is unknown
 * @example
 * const { x, classes } = breastCancer();
 * x.shape; // => [569, 30]
 * classes; // => ["malignant", "benign"]
 * breastCancer({ features: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }).features[0]; // => "mean radius"
 */
export function breastCancer(options: TableOptions = {}): PublishedTable {
  const classes = ["malignant", "benign"];
  return embedded("breastCancer", { text: breastCancerText, licence, classes }, options, embeddedTable);
}

const licence =
  "Breast Cancer Wisconsin (Diagnostic), W. Wolberg, O. Mangasarian, N. Street and W. Street (1993), " +
  "UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B, CC BY 4.0.";
