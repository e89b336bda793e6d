import { classRows } from "./class-rows.ts";
import { ctcRow } from "./ctc-row.ts";
import { distributionRows } from "./distribution-rows.ts";
import { embeddingRows } from "./embedding-rows.ts";
import type { LossRow } from "./loss-row.ts";
import { marginRows } from "./margin-rows.ts";
import { overlapRows } from "./overlap-rows.ts";
import { pairRows } from "./pair-rows.ts";
import { probabilityRows } from "./probability-rows.ts";
import { regressionRows } from "./regression-rows.ts";

/** A row for each loss: a new one has its own here, in the table of its kind. */
export const lossRows: readonly LossRow[] = [
  ...classRows,
  ...distributionRows,
  ...embeddingRows,
  ...marginRows,
  ...overlapRows,
  ...probabilityRows,
  ...regressionRows,
  ...pairRows,
  ctcRow,
];
