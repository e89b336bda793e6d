import {
  cnnRow,
  epochRow,
  gruRow,
  inferenceRow,
  lstmRow,
  matmulRow,
  mlpRow,
  normRow,
  transformerRow,
} from "./make-rows.ts";
import type { NormName, Row } from "./row.ts";

const norms: readonly NormName[] = ["BatchNorm", "LayerNorm", "RMSNorm"];

const digits = [784, 64, 32, 10];

/** The lines of the table. */
export const rows: readonly Row[] = [
  mlpRow([10, 64, 32, 1], "BatchNorm", 32),
  ...[32, 128].flatMap((batch) => norms.map((name) => mlpRow(digits, name, batch))),
  mlpRow([784, 512, 512, 10], "LayerNorm", 128),
  cnnRow(32),
  transformerRow(64, 2, 4, 64, 16),
  ...[32, 128].map((time) => lstmRow(64, time, 32)),
  gruRow(64, 32, 32),
  ...[[128, 256] as const, [512, 1024] as const].flatMap(([batch, features]) =>
    norms.map((name) => normRow(name, batch, features)),
  ),
  ...[64, 128, 256, 512, 1024].map(matmulRow),
  inferenceRow(digits, "BatchNorm", 1),
  ...(["hand", "fit"] as const).map((loop) => epochRow(digits, 3200, 32, loop)),
];
