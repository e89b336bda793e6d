import { DTypeError, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Adam } from "../algorithms/adam.ts";
import { AdamW } from "../algorithms/adam-w.ts";
import { SGD } from "../algorithms/sgd.ts";

describe("errors of optimizers", () => {
  const p = tensor([1], { dtype: "float64", requiresGrad: true });
  it.each<[string, () => unknown, new (m: string) => Error, string]>([
    ["lr", () => new Adam([p], { lr: -1 }), ValueError, "Adam: expected lr ≥ 0, got -1."],
    ["lr NaN", () => new SGD([p], { lr: NaN }), ValueError, "SGD: expected lr ≥ 0, got NaN."],
    ["lr text", () => new SGD([p], { lr: "0.1" as unknown as number }), ValueError, "SGD: expected lr ≥ 0, got 0.1."],
    ["beta 1", () => new Adam([p], { betas: [1, 0.9] }), ValueError, "Adam: expected betas[0] in [0, 1), got 1."],
    ["beta 2", () => new AdamW([p], { betas: [0.9, 1] }), ValueError, "AdamW: expected betas[1] in [0, 1), got 1."],
    ["eps", () => new Adam([p], { eps: -1 }), ValueError, "Adam: expected eps ≥ 0, got -1."],
    ["decay", () => new AdamW([p], { weightDecay: -1 }), ValueError, "AdamW: expected weightDecay ≥ 0, got -1."],
    ["momentum", () => new SGD([p], { momentum: -0.1 }), ValueError, "SGD: expected momentum ≥ 0, got -0.1."],
    [
      "nesterov",
      () => new SGD([p], { nesterov: true }),
      ValueError,
      "SGD: expected momentum > 0 and dampening 0 with nesterov, got momentum 0 and dampening 0.",
    ],
    [
      "option",
      () => new Adam([p], { learningRate: 1 } as object),
      ValueError,
      'Adam: expected options lr, betas, eps, weightDecay, amsgrad, maximize, got "learningRate".',
    ],
    [
      "group option",
      () => new SGD([{ params: [p], beta: 1 } as { params: Tensor[] }]),
      ValueError,
      'SGD: expected options params, lr, momentum, dampening, nesterov, weightDecay, maximize, got "beta".',
    ],
    ["group value", () => new SGD([{ params: [p], lr: -2 }]), ValueError, "SGD: expected lr ≥ 0, got -2."],
    ["none", () => new Adam([]), ValueError, "Adam: expected at least one parameter, got none."],
    [
      "twice",
      () => new Adam([{ params: [p] }, { params: [p] }]),
      ValueError,
      "Adam: expected every parameter once, got one twice.",
    ],
    [
      "result",
      () => new Adam([p.mul(2)]),
      ValueError,
      'Adam: expected leaf tensors as parameters, got the result of "mul".',
    ],
    [
      "integers",
      () => new Adam([tensor([1], { dtype: "int32" })]),
      DTypeError,
      "Adam: expected float32 or float64 parameters, got int32.",
    ],
    [
      "numbers",
      () => new Adam([1] as unknown as Tensor[]),
      ValueError,
      "Adam: expected tensors as parameters, got number.",
    ],
    [
      "module",
      () => new Adam({ weight: p } as unknown as Tensor[]),
      ValueError,
      "Adam: expected an iterable of tensors or of parameter groups, got Object. Pass model.parameters().",
    ],
    [
      "mixture",
      () => new SGD([{ params: [p] }, p] as unknown as Tensor[]),
      ValueError,
      "SGD: expected parameter groups only, got also a tensor.",
    ],
    ["set lr", () => (new SGD([p]).lr = -1), ValueError, "SGD: expected lr ≥ 0, got -1."],
  ])("%s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
