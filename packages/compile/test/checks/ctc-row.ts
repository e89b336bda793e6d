import { functional as f } from "@tapegrad/nn";
import { tensor, type Tensor, zeros } from "@tapegrad/tensor";
import type { CheckRow } from "./check-rows.ts";

const ints = (...elements: number[]): Tensor => tensor(elements, { dtype: "int32" });

/** The symbols and lengths of a text. */
export const ctcRow: CheckRow = {
  file: "nn/src/losses/ctc-loss.ts",
  title: "ctcLoss",
  fn: (x, targets, times, lengths) => f.ctcLoss(x, targets!, times!, lengths!),
  good: [zeros([3, 2, 3]).sub(1), ints(1, 2).reshape([2, 1]), ints(3, 2), ints(1, 0)],
  bad: [
    [1, ints(3, 2).reshape([2, 1]), "ctcLoss: expected symbols from 0 to 2 other than the blank 0, got 3."],
    [1, ints(0, 2).reshape([2, 1]), "ctcLoss: expected symbols from 0 to 2 other than the blank 0, got 0."],
    [2, ints(4, 2), "ctcLoss: expected inputLengths from 1 to 3, got 4."],
    [2, ints(3, 0), "ctcLoss: expected inputLengths from 1 to 3, got 0."],
    [3, ints(1, 2), "ctcLoss: expected targetLengths from 0 to 1, got 2."],
    [3, ints(-1, 0), "ctcLoss: expected targetLengths from 0 to 1, got -1."],
  ],
};
