import { functional as f } from "@tapegrad/nn";
import { tensor } from "@tapegrad/tensor";
import type { CheckRow } from "./check-rows.ts";

const loss = (name: string): string => `nn/src/losses/${name}.ts`;
const probabilities = tensor([0.25, 0.5, 1, 0]);
const target = tensor([1, 0, 0.5, 0]);
const numbers = tensor([0.5, -2, 0, 3]);
const signs = tensor([1, -1, 0, 1]);

/** Checks of losses of probabilities and margins. */
export const probabilityRows: readonly CheckRow[] = [
  {
    file: loss("binary-cross-entropy-with-logits"),
    title: "binaryCrossEntropyWithLogits",
    fn: (x, t) => f.binaryCrossEntropyWithLogits(x, t),
    good: [numbers, target],
    bad: [[1, tensor([1, 0, 0, NaN]), "binaryCrossEntropyWithLogits: expected target to be numbers, got NaN."]],
  },
  {
    file: loss("binary-focal-cross-entropy"),
    title: "binaryFocalCrossEntropy",
    fn: (x, t) => f.binaryFocalCrossEntropy(x, t),
    good: [probabilities, target],
    bad: [[1, tensor([1, 0, NaN, 0]), "binaryFocalCrossEntropy: expected target to be numbers, got NaN."]],
  },
  {
    file: loss("class-probabilities"),
    title: "klDivergenceLoss",
    fn: (x, t) => f.klDivergenceLoss(x, t),
    good: [probabilities, target],
    bad: [
      [
        0,
        tensor([0.25, 1.5, -1, 0]),
        "klDivergenceLoss: expected probabilities in [0, 1], got 1.5. Of log-probabilities take klDivLoss.",
      ],
    ],
  },
  {
    file: loss("hinge-margin"),
    title: "hingeLoss",
    fn: (x, t) => f.hingeLoss(x, t),
    good: [numbers, signs],
    bad: [[1, tensor([1, 0.5, -1, NaN]), "hingeLoss: expected targets 1, and -1 or 0, got 0.5."]],
  },
  {
    file: "nn/src/dropout/block-drop.ts",
    title: "blockDropLoss",
    fn: (x, kept, rewards) =>
      f.blockDropLoss(x.reshape([2, 2]), kept.ne(0).reshape([2, 2]), rewards.slice([0, 2]), rewards.slice([2, 4])),
    good: [probabilities, tensor([1, 0, 1, 0]), numbers],
    bad: [[0, tensor([0.25, 0.5, 1.5, 0]), "blockDropLoss: expected probabilities in [0, 1], got 1.5."]],
  },
  {
    file: "nn/src/dropout/block-drop.ts",
    title: "samplePolicy",
    fn: (x) => f.samplePolicy(x.reshape([2, 2]), { training: false }).to("float32"),
    good: [probabilities],
    bad: [[0, tensor([0.25, NaN, 1, 0]), "samplePolicy: expected probabilities in [0, 1], got NaN."]],
  },
];
