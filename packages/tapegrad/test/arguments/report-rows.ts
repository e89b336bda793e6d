import { nn } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const dense = (): nn.Dense => new nn.Dense(2, 1);

/** Summaries and reports of networks and trainings. */
export const reportRows: Rows = {
  "train.reportHtml": ["runs options?", () => [{ history: { loss: [1, 0.5] } }, {}]],
  "train.summary": ["module shape? options?", () => [dense(), [2], {}]],
};
