import { randint, randn, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as f from "../../src/functional.ts";
import * as nn from "../../src/index.ts";

const x = randn([4, 3]);
const y = randn([4, 3]);
const p = x.sigmoid();
const q = y.sigmoid();
const t = randint(0, 3, [4]);
const weight = tensor([1, 2, 3]);
const side = y.sign();
const row = tensor([1, -1, 1, -1]);

describe("loss layers", () => {
  it.each<[string, () => Tensor, () => Tensor]>([
    ["MSELoss", () => new nn.MSELoss({ reduction: "sum" }).forward(x, y), () => f.mseLoss(x, y, { reduction: "sum" })],
    ["L1Loss", () => new nn.L1Loss().forward(x, y), () => f.l1Loss(x, y)],
    ["HuberLoss", () => new nn.HuberLoss({ delta: 0.2 }).forward(x, y), () => f.huberLoss(x, y, { delta: 0.2 })],
    ["SmoothL1Loss", () => new nn.SmoothL1Loss({ beta: 2 }).forward(x, y), () => f.smoothL1Loss(x, y, { beta: 2 })],
    [
      "KLDivLoss",
      () => new nn.KLDivLoss({ reduction: "batchmean", logTarget: true }).forward(x, y),
      () => f.klDivLoss(x, y, { reduction: "batchmean", logTarget: true }),
    ],
    ["BCELoss", () => new nn.BCELoss({ weight }).forward(p, q), () => f.binaryCrossEntropy(p, q, { weight })],
    [
      "BCEWithLogitsLoss",
      () => new nn.BCEWithLogitsLoss({ posWeight: weight }).forward(x, q),
      () => f.binaryCrossEntropyWithLogits(x, q, { posWeight: weight }),
    ],
    [
      "NLLLoss",
      () => new nn.NLLLoss({ weight, ignoreIndex: 1 }).forward(x, t),
      () => f.nllLoss(x, t, { weight, ignoreIndex: 1 }),
    ],
    [
      "CrossEntropyLoss",
      () => new nn.CrossEntropyLoss({ weight, labelSmoothing: 0.1 }).forward(x, t),
      () => f.crossEntropy(x, t, { weight, labelSmoothing: 0.1 }),
    ],
    [
      "HingeEmbeddingLoss",
      () => new nn.HingeEmbeddingLoss({ margin: 2 }).forward(x, side),
      () => f.hingeEmbeddingLoss(x, side, { margin: 2 }),
    ],
    [
      "MarginRankingLoss",
      () => new nn.MarginRankingLoss({ margin: 0.5 }).forward(x, y, side),
      () => f.marginRankingLoss(x, y, side, { margin: 0.5 }),
    ],
    [
      "CosineEmbeddingLoss",
      () => new nn.CosineEmbeddingLoss({ margin: 0.5 }).forward(x, y, row),
      () => f.cosineEmbeddingLoss(x, y, row, { margin: 0.5 }),
    ],
    [
      "PoissonNLLLoss",
      () => new nn.PoissonNLLLoss({ full: true }).forward(x, q),
      () => f.poissonNllLoss(x, q, { full: true }),
    ],
    [
      "GaussianNLLLoss",
      () => new nn.GaussianNLLLoss({ eps: 0.5 }).forward(x, y, p),
      () => f.gaussianNllLoss(x, y, p, { eps: 0.5 }),
    ],
    ["CrossEntropyLoss, plain", () => new nn.CrossEntropyLoss().forward(x, t), () => f.crossEntropy(x, t)],
  ])("%s is its function", (_name, layer, fn) => {
    expect(layer().toArray()).toEqual(fn().toArray());
  });

  it("holds weights as buffers, so that a change of dtype reaches them", () => {
    const loss = new nn.CrossEntropyLoss({ weight, labelSmoothing: 0.1 });
    expect([...loss.namedBuffers()].map(([name]) => name)).toEqual(["weight"]);
    loss.to("float64");
    expect(loss.forward(x.to("float64"), t).dtype).toBe("float64");
    expect(loss.toString()).toContain("labelSmoothing=0.1");
    expect([...new nn.CrossEntropyLoss().buffers()]).toEqual([]);
  });

  it.each<[string, () => unknown, string]>([
    [
      "MSELoss",
      () => new nn.MSELoss({ reduction: "avg" as "mean" }),
      "MSELoss: expected reduction none, mean or sum, got avg.",
    ],
    ["L1Loss", () => new nn.L1Loss({ beta: 1 } as object), 'L1Loss: expected options reduction, got "beta".'],
    [
      "HuberLoss",
      () => new nn.HuberLoss({ beta: 1 } as object),
      'HuberLoss: expected options delta, reduction, got "beta".',
    ],
    [
      "SmoothL1Loss",
      () => new nn.SmoothL1Loss({ delta: 1 } as object),
      'SmoothL1Loss: expected options beta, reduction, got "delta".',
    ],
    [
      "KLDivLoss",
      () => new nn.KLDivLoss({ reduction: "avg" as "mean" }),
      "KLDivLoss: expected reduction none, mean, sum or batchmean, got avg.",
    ],
    [
      "BCELoss",
      () => new nn.BCELoss({ posWeight: weight } as object),
      'BCELoss: expected options weight, reduction, got "posWeight".',
    ],
    [
      "BCEWithLogitsLoss",
      () => new nn.BCEWithLogitsLoss({ reduction: "x" as "mean" }),
      "BCEWithLogitsLoss: expected reduction none, mean or sum, got x.",
    ],
    [
      "NLLLoss",
      () => new nn.NLLLoss({ labelSmoothing: 1 } as object),
      'NLLLoss: expected options weight, ignoreIndex, reduction, got "labelSmoothing".',
    ],
    [
      "CrossEntropyLoss",
      () => new nn.CrossEntropyLoss({ reduction: "x" as "mean" }),
      "CrossEntropyLoss: expected reduction none, mean or sum, got x.",
    ],
    [
      "HingeEmbeddingLoss",
      () => new nn.HingeEmbeddingLoss({ reduction: "x" as "mean" }),
      "HingeEmbeddingLoss: expected reduction none, mean or sum, got x.",
    ],
    [
      "MarginRankingLoss",
      () => new nn.MarginRankingLoss({ delta: 1 } as object),
      'MarginRankingLoss: expected options margin, reduction, got "delta".',
    ],
    [
      "CosineEmbeddingLoss",
      () => new nn.CosineEmbeddingLoss({ eps: 1 } as object),
      'CosineEmbeddingLoss: expected options margin, reduction, got "eps".',
    ],
    [
      "PoissonNLLLoss",
      () => new nn.PoissonNLLLoss({ log_input: true } as object),
      'PoissonNLLLoss: expected options logInput, full, eps, reduction, got "log_input".',
    ],
    [
      "GaussianNLLLoss",
      () => new nn.GaussianNLLLoss({ reduction: "x" as "mean" }),
      "GaussianNLLLoss: expected reduction none, mean or sum, got x.",
    ],
  ])("%s refuses wrong options", (_name, make, message) => {
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });
});
