import { nn, train } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const dense = (): nn.Dense => new nn.Dense(2, 1);

/** Summaries and reports of networks and trainings. */
export const reportRows: Rows = {
  "train.chart": ["series options?", () => [{ loss: [1, 0.5] }, {}]],
  "train.plot": ["runs options?", () => [{ history: { loss: [1, 0.5] } }, {}]],
  "train.TensorBoard": ["word? options?", () => ["logs", {}]],
  "train.TensorBoard.loadStateDict": ["state", () => [new train.TensorBoard(), { batches: 2 }]],
  "train.reportHtml": ["runs options?", () => [{ history: { loss: [1, 0.5] } }, {}]],
  "train.summary": ["module shape? options?", () => [dense(), [2], {}]],
};
