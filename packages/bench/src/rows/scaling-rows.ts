import { gruRow, lstmRow, mlpRow, transformerRow } from "./make-rows.ts";
import type { Row } from "./row.ts";

const tokens = 1024;

/** Rows in which one extent grows, by what it is: the parts of the table of scaling. */
export const scalingRows: Readonly<Record<string, readonly Row[]>> = {
  batch: [1, 4, 16, 64, 256, 1024].map((batch) => mlpRow([784, 64, 32, 10], "LayerNorm", batch)),
  width: [16, 64, 256, 1024, 2048].map((width) => mlpRow([width, width, width, 10], "LayerNorm", 64)),
  depth: [10, 50, 100, 200].map((depth) => ({
    ...mlpRow([...Array<number>(depth).fill(64), 10], "LayerNorm", 32),
    name: `${depth} layers of 64 LayerNorm B32`,
  })),
  time: [
    ...[16, 64, 256].map((time) => lstmRow(64, time, 32)),
    ...[16, 64, 256].map((time) => gruRow(64, time, 32)),
    ...[16, 64, 256].map((time) => transformerRow(64, 2, 4, time, tokens / time)),
  ],
  parameters: [1000, 2000, 3464, 5000].map((width) => mlpRow([width, width, width, 10], "LayerNorm", 32)),
};
