import { AdaptiveLogSoftmaxWithLoss, functional as f } from "@tapegrad/nn";
import { tensor, type Tensor, zeros } from "@tapegrad/tensor";
import type { CheckRow } from "./check-rows.ts";
import { ctcRow } from "./ctc-row.ts";

const ints = (values: number[] | number[][]): Tensor => tensor(values as number[], { dtype: "int32" });
const loss = (name: string): string => `nn/src/losses/${name}.ts`;
const numbers = tensor([0.5, -1, 2, 1.5]);
const logits = tensor([[0.5, 1, -1], [2, 0, 0.25]]); // prettier-ignore
const layer = new AdaptiveLogSoftmaxWithLoss(3, 6, [2, 4], { divValue: 1.5 });

/** Losses of several labels, of sides and of texts. */
export const labelRows: readonly CheckRow[] = [
  ctcRow,
  {
    file: loss("soft-margin-loss"),
    title: "softMarginLoss",
    fn: (x, t) => f.softMarginLoss(x, t),
    good: [numbers, tensor([1, -1, 1, -1])],
    bad: [[1, tensor([1, 0, 2, -1]), "softMarginLoss: expected targets 1 or -1, got 0."]],
  },
  {
    file: loss("sparsemax-loss"),
    title: "sparsemaxLoss",
    fn: (x, t) => f.sparsemaxLoss(x, t),
    good: [numbers, tensor([1, 0, 1, 0])],
    bad: [[1, tensor([1, 0, 0.5, -1]), "sparsemaxLoss: expected targets 0 or 1, got 0.5."]],
  },
  {
    file: loss("multilabel-margin-loss"),
    title: "multilabelMarginLoss",
    fn: (x, t) => f.multilabelMarginLoss(x, t),
    good: [logits, ints([[0, 2, -1], [-1, 1, 1]])], // prettier-ignore
    bad: [[1, ints([[0, -1, 3], [-2, 0, 0]]), "multilabelMarginLoss: expected class indices in [-1, 3), got 3."]], // prettier-ignore
  },
  {
    file: loss("multilabel-soft-margin-loss"),
    title: "multilabelSoftMarginLoss",
    fn: (x, t) => f.multilabelSoftMarginLoss(x, t),
    good: [logits, zeros([2, 3])],
    bad: [[1, zeros([2, 3]).add(NaN), "multilabelSoftMarginLoss: expected target to be numbers, got NaN."]],
  },
  {
    file: loss("poly-cross-entropy"),
    title: "polyCrossEntropy",
    fn: (x, t) => f.polyCrossEntropy(x, t),
    good: [logits, logits.softmax({ axis: 1 })],
    bad: [[1, zeros([2, 3]).add(NaN), "polyCrossEntropy: expected class probabilities, got NaN."]],
  },
  {
    file: "nn/src/networks/adaptive-log-softmax.ts",
    title: "AdaptiveLogSoftmaxWithLoss",
    fn: (x, t) => layer.forward(x, t)[0],
    good: [logits, ints([5, 0])],
    bad: [[1, ints([6, -1]), "AdaptiveLogSoftmaxWithLoss.forward: expected classes in [0, 6), got 6."]],
  },
];
