import { DTypeError, randn, ShapeError, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as f from "../../src/functional.ts";

const x = randn([4, 3]);
const t = tensor([0, 1, 2, 0], { dtype: "int32" });
const p = zeros([4, 3]);
const nan = p.add(NaN);

describe("errors of losses", () => {
  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "class too high",
      () => f.crossEntropy(x, tensor([0, 1, 2, 3], { dtype: "int32" })),
      ValueError,
      "crossEntropy: expected class indices in [0, 3), got 3.",
    ],
    [
      "class negative",
      () => f.crossEntropy(x, tensor([0, -1, 2, 2], { dtype: "int32" })),
      ValueError,
      "crossEntropy: expected class indices in [0, 3), got -1.",
    ],
    [
      "class too high, nll",
      () => f.nllLoss(x, tensor([0, 1, 2, 3], { dtype: "int32" })),
      ValueError,
      "nllLoss: expected class indices in [0, 3), got 3.",
    ],
    [
      "float indices",
      () => f.crossEntropy(x, tensor([0, 1, 2, 0])),
      DTypeError,
      'crossEntropy: expected class indices of dtype int32 and shape [4], got float32 of shape [4]. Convert them with to("int32").',
    ],
    [
      "bool indices",
      () => f.nllLoss(x, tensor([true, false, true, true])),
      DTypeError,
      "nllLoss: expected class indices of dtype int32 and shape [4], got bool of shape [4].",
    ],
    [
      "batch",
      () => f.crossEntropy(x, tensor([0, 1], { dtype: "int32" })),
      ShapeError,
      "crossEntropy: expected class indices of shape [4], got [2].",
    ],
    [
      "column",
      () => f.crossEntropy(x, t.reshape([4, 1])),
      ShapeError,
      "crossEntropy: expected class indices of shape [4], got [4, 1].",
    ],
    [
      "probabilities",
      () => f.crossEntropy(x, zeros([4, 2])),
      ShapeError,
      "crossEntropy: expected a target of shape [4, 3], got [4, 2].",
    ],
    [
      "NaN probabilities",
      () => f.crossEntropy(x, nan),
      ValueError,
      "crossEntropy: expected class probabilities, got NaN.",
    ],
    [
      "rank 0",
      () => f.crossEntropy(tensor(1), t),
      ShapeError,
      "crossEntropy: expected input of shape [C] or [N, C, ...], got [].",
    ],
    [
      "no classes",
      () => f.crossEntropy(zeros([4, 0]), t),
      ShapeError,
      "crossEntropy: expected at least one class, got input of shape [4, 0].",
    ],
    [
      "int logits",
      () => f.crossEntropy(tensor([[1, 2]], { dtype: "int32" }), t),
      DTypeError,
      "crossEntropy: expected input of dtype float32 or float64, got int32.",
    ],
    [
      "smoothing",
      () => f.crossEntropy(x, t, { labelSmoothing: 1.5 }),
      ValueError,
      "crossEntropy: expected labelSmoothing in [0, 1], got 1.5.",
    ],
    [
      "ignore",
      () => f.crossEntropy(x, t, { ignoreIndex: 0.5 }),
      ValueError,
      "crossEntropy: expected ignoreIndex to be a whole number, got 0.5.",
    ],
    [
      "class weight",
      () => f.crossEntropy(x, t, { weight: zeros([4]) }),
      ShapeError,
      "crossEntropy: expected one weight for each of 3 classes, got shape [4].",
    ],
    [
      "class weight, nll",
      () => f.nllLoss(x, t, { weight: zeros([3, 1]) }),
      ShapeError,
      "nllLoss: expected one weight for each of 3 classes, got shape [3, 1].",
    ],
    [
      "int weight",
      () => f.nllLoss(x, t, { weight: tensor([1, 1, 1], { dtype: "int32" }) }),
      DTypeError,
      "nllLoss: expected weight of dtype float32 or float64, got int32.",
    ],
    [
      "reduction",
      () => f.crossEntropy(x, t, { reduction: "average" as "mean" }),
      ValueError,
      "crossEntropy: expected reduction none, mean or sum, got average.",
    ],
    [
      "option",
      () => f.crossEntropy(x, t, { label_smoothing: 0.1 } as object),
      ValueError,
      'crossEntropy: expected options weight, labelSmoothing, ignoreIndex, reduction, got "label_smoothing".',
    ],
    [
      "option, nll",
      () => f.nllLoss(x, t, { smoothing: 0.1 } as object),
      ValueError,
      'nllLoss: expected options weight, ignoreIndex, reduction, got "smoothing".',
    ],
    [
      "mse shape",
      () => f.mseLoss(zeros([4, 1]), zeros([4])),
      ShapeError,
      "mseLoss: expected a target of shape [4, 1], got [4].",
    ],
    [
      "mse reduction",
      () => f.mseLoss(p, p, { reduction: "batchmean" as "mean" }),
      ValueError,
      "mseLoss: expected reduction none, mean or sum, got batchmean.",
    ],
    ["l1 shape", () => f.l1Loss(p, x.sum()), ShapeError, "l1Loss: expected a target of shape [4, 3], got []."],
    [
      "l1 option",
      () => f.l1Loss(p, p, { size_average: true } as object),
      ValueError,
      'l1Loss: expected options reduction, got "size_average".',
    ],
    ["huber delta", () => f.huberLoss(p, p, { delta: 0 }), ValueError, "huberLoss: expected delta > 0, got 0."],
    [
      "huber shape",
      () => f.huberLoss(p, zeros([3])),
      ShapeError,
      "huberLoss: expected a target of shape [4, 3], got [3].",
    ],
    ["smooth beta", () => f.smoothL1Loss(p, p, { beta: -1 }), ValueError, "smoothL1Loss: expected beta ≥ 0, got -1."],
    [
      "smooth shape",
      () => f.smoothL1Loss(p, zeros([3])),
      ShapeError,
      "smoothL1Loss: expected a target of shape [4, 3], got [3].",
    ],
    [
      "kl reduction",
      () => f.klDivLoss(p, p, { reduction: "avg" as "mean" }),
      ValueError,
      "klDivLoss: expected reduction none, mean, sum or batchmean, got avg.",
    ],
    [
      "kl shape",
      () => f.klDivLoss(p, zeros([3])),
      ShapeError,
      "klDivLoss: expected a target of shape [4, 3], got [3].",
    ],
    [
      "bce range",
      () => f.binaryCrossEntropy(p.add(1.5), p),
      ValueError,
      "binaryCrossEntropy: expected input in [0, 1], got 1.5.",
    ],
    [
      "bce NaN target",
      () => f.binaryCrossEntropy(p, nan),
      ValueError,
      "binaryCrossEntropy: expected target to be numbers, got NaN.",
    ],
    [
      "bce shape",
      () => f.binaryCrossEntropy(p, zeros([4])),
      ShapeError,
      "binaryCrossEntropy: expected a target of shape [4, 3], got [4].",
    ],
    [
      "bce weight",
      () => f.binaryCrossEntropy(p, p, { weight: zeros([2]) }),
      ShapeError,
      "binaryCrossEntropy: expected a weight that broadcasts to [4, 3], got [2].",
    ],
    [
      "bce int",
      () => f.binaryCrossEntropy(t, t),
      DTypeError,
      "binaryCrossEntropy: expected input of dtype float32 or float64, got int32.",
    ],
    [
      "logits NaN target",
      () => f.binaryCrossEntropyWithLogits(x, nan),
      ValueError,
      "binaryCrossEntropyWithLogits: expected target to be numbers, got NaN.",
    ],
    [
      "logits shape",
      () => f.binaryCrossEntropyWithLogits(x, zeros([3])),
      ShapeError,
      "binaryCrossEntropyWithLogits: expected a target of shape [4, 3], got [3].",
    ],
    [
      "posWeight",
      () => f.binaryCrossEntropyWithLogits(x, p, { posWeight: zeros([5, 4, 3]) }),
      ShapeError,
      "binaryCrossEntropyWithLogits: expected a posWeight that broadcasts to [4, 3], got [5, 4, 3].",
    ],
    [
      "pos_weight",
      () => f.binaryCrossEntropyWithLogits(x, p, { pos_weight: p } as object),
      ValueError,
      'binaryCrossEntropyWithLogits: expected options weight, posWeight, reduction, got "pos_weight".',
    ],
  ])("%s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
