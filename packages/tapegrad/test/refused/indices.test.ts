import { compile, nn, oneHot, ones, ShapeError, tensor, ValueError } from "../../src/index.ts";
import { x, describeRefused, type Row } from "./rows.ts";

/* oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-call, typescript/no-unsafe-assignment */
const { functional: F } = nn;

const labels = tensor([0, 5], { dtype: "int32" });
const scores = ones([2, 3]);
const outside: readonly Row[] = [
  [() => F.crossEntropy(scores, labels), ValueError, "crossEntropy: expected class indices in [0, 3), got 5."],
  [
    () => new nn.CrossEntropyLoss().forward(scores, labels),
    ValueError,
    "crossEntropy: expected class indices in [0, 3), got 5.",
  ],
  [() => F.nllLoss(scores, labels), ValueError, "nllLoss: expected class indices in [0, 3), got 5."],
  [() => F.embedding(labels, scores.slice([0, 2])), ValueError, "embedding: expected indices in [0, 2), got 5."],
  [() => oneHot(labels, 3), ValueError, "oneHot: expected indices in [0, 3), got 5."],
  [() => x.gather(0, labels.unsqueeze(0)), ShapeError, "gather: expected indices in [0, 2) for axis 0, got 5."],
  [() => x.indexSelect(1, labels), ShapeError, "indexSelect: expected indices in [0, 2) for axis 1, got 5."],
];

describeRefused("indices out of range", outside);
describeRefused(
  "indices out of range in compiled functions",
  outside.map(([run, ...error]): Row => [compile(run), ...error]),
);
