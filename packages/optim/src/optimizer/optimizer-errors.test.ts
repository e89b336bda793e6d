import { DTypeError, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Adadelta } from "../algorithms/adadelta.ts";
import { Adafactor } from "../algorithms/adafactor.ts";
import { Adagrad } from "../algorithms/adagrad.ts";
import { Adam } from "../algorithms/adam.ts";
import { AdamW } from "../algorithms/adam-w.ts";
import { Adamax } from "../algorithms/adamax.ts";
import { ASGD } from "../algorithms/asgd.ts";
import { Ftrl } from "../algorithms/ftrl.ts";
import { LAMB } from "../algorithms/lamb.ts";
import { LARS } from "../algorithms/lars.ts";
import { Lion } from "../algorithms/lion.ts";
import { NAdam } from "../algorithms/nadam.ts";
import { RAdam } from "../algorithms/radam.ts";
import { RMSprop } from "../algorithms/rmsprop.ts";
import { Rprop } from "../algorithms/rprop.ts";
import { SGD } from "../algorithms/sgd.ts";
import { SparseAdam } from "../algorithms/sparse-adam.ts";
import { StepLR } from "../schedules/step-lr.ts";
import { WeightAverage } from "../averaging/weight-average.ts";

function usedUp<T>(values: readonly T[]): Iterable<T> {
  const iterator = values.values();
  Array.from(iterator);
  return iterator;
}

describe("errors of optimizers", () => {
  const p = tensor([1], { dtype: "float64", requiresGrad: true });
  it.each<[string, () => unknown, new (m: string) => Error, string]>([
    ["lr", () => new Adam([p], { lr: -1 }), ValueError, "Adam: expected lr ≥ 0, got -1."],
    ["lr NaN", () => new SGD([p], { lr: NaN }), ValueError, "SGD: expected lr ≥ 0, got NaN."],
    ["lr text", () => new SGD([p], { lr: "0.1" as unknown as number }), ValueError, 'SGD: expected lr ≥ 0, got "0.1".'],
    [
      "beta 1",
      () => new Adam([p], { betas: [1, 0.9] }),
      ValueError,
      "Adam: expected betas to be 2 values, each in [0, 1), got [1, 0.9].",
    ],
    [
      "beta 2",
      () => new AdamW([p], { betas: [0.9, 1] }),
      ValueError,
      "AdamW: expected betas to be 2 values, each in [0, 1), got [0.9, 1].",
    ],
    ["eps", () => new Adam([p], { eps: -1 }), ValueError, "Adam: expected eps ≥ 0, got -1."],
    ["decay", () => new AdamW([p], { weightDecay: -1 }), ValueError, "AdamW: expected weightDecay ≥ 0, got -1."],
    ["momentum", () => new SGD([p], { momentum: -0.1 }), ValueError, "SGD: expected momentum ≥ 0, got -0.1."],
    [
      "Adamax beta",
      () => new Adamax([p], { betas: [0.9, 1] }),
      ValueError,
      "Adamax: expected betas to be 2 values, each in [0, 1), got [0.9, 1].",
    ],
    ["Adamax eps", () => new Adamax([p], { eps: -1 }), ValueError, "Adamax: expected eps ≥ 0, got -1."],
    [
      "Adamax option",
      () => new Adamax([p], { amsgrad: true } as object),
      ValueError,
      'Adamax: expected options lr, weightDecay, maximize, betas, eps, decoupledWeightDecay, got "amsgrad".',
    ],
    ["NAdam lr", () => new NAdam([p], { lr: -1 }), ValueError, "NAdam: expected lr ≥ 0, got -1."],
    [
      "NAdam decay",
      () => new NAdam([p], { momentumDecay: -1 }),
      ValueError,
      "NAdam: expected momentumDecay ≥ 0, got -1.",
    ],
    [
      "RAdam beta",
      () => new RAdam([p], { betas: [-0.1, 0.9] }),
      ValueError,
      "RAdam: expected betas to be 2 values, each in [0, 1), got [-0.1, 0.9].",
    ],
    [
      "RAdam decay",
      () => new RAdam([p], { weightDecay: NaN }),
      ValueError,
      "RAdam: expected weightDecay ≥ 0, got NaN.",
    ],
    ["RMSprop alpha", () => new RMSprop([p], { alpha: -1 }), ValueError, "RMSprop: expected alpha in [0, 1], got -1."],
    [
      "RMSprop momentum",
      () => new RMSprop([p], { momentum: -1 }),
      ValueError,
      "RMSprop: expected momentum ≥ 0, got -1.",
    ],
    ["RMSprop lr", () => new RMSprop([p], { lr: Infinity }), ValueError, "RMSprop: expected lr ≥ 0, got Infinity."],
    ["Adagrad decay", () => new Adagrad([p], { lrDecay: -1 }), ValueError, "Adagrad: expected lrDecay ≥ 0, got -1."],
    [
      "Adagrad start",
      () => new Adagrad([p], { initialAccumulatorValue: -1 }),
      ValueError,
      "Adagrad: expected initialAccumulatorValue ≥ 0, got -1.",
    ],
    ["Adadelta rho", () => new Adadelta([p], { rho: 1.5 }), ValueError, "Adadelta: expected rho in [0, 1], got 1.5."],
    ["Adadelta eps", () => new Adadelta([p], { eps: -1 }), ValueError, "Adadelta: expected eps ≥ 0, got -1."],
    [
      "Adafactor decay",
      () => new Adafactor([p], { beta2Decay: 0.8 }),
      ValueError,
      "Adafactor: expected beta2Decay ≤ 0, got 0.8.",
    ],
    [
      "Adafactor eps",
      () => new Adafactor([p], { eps: [1e-3, null as never] }),
      ValueError,
      "Adafactor: expected eps to be 2 values, the first ≥ 0 or null, the second ≥ 0, got [0.001, null].",
    ],
    ["Adafactor d", () => new Adafactor([p], { d: 0.5 }), ValueError, "Adafactor: expected d ≥ 1, got 0.5."],
    ["Ftrl power", () => new Ftrl([p], { lrPower: 1 }), ValueError, "Ftrl: expected lrPower ≤ 0, got 1."],
    ["LAMB ratio", () => new LAMB([p], { trustRatio: 1 as never }), ValueError, "to be true or false, got 1."],
    [
      "LARS nesterov",
      () => new LARS([p], { momentum: 0, nesterov: true }),
      ValueError,
      "LARS: expected momentum > 0 with nesterov, got momentum 0.",
    ],
    [
      "Rprop factors",
      () => new Rprop([p], { etas: [1.2, 0.5] }),
      ValueError,
      "Rprop: expected etas below and above 1, got [1.2, 0.5].",
    ],
    [
      "Rprop steps",
      () => new Rprop([p], { stepSizes: [1, 0.5] }),
      ValueError,
      "Rprop: expected ascending stepSizes, got [1, 0.5].",
    ],
    [
      "Rprop decay",
      () => new Rprop([p], { weightDecay: 1 } as object),
      ValueError,
      'Rprop: expected options lr, maximize, etas, stepSizes, got "weightDecay".',
    ],
    ["ASGD t0", () => new ASGD([p], { t0: -1 }), ValueError, "ASGD: expected t0 ≥ 0, got -1."],
    [
      "SparseAdam decay",
      () => new SparseAdam([p], { weightDecay: 1 } as object),
      ValueError,
      'SparseAdam: expected options lr, maximize, betas, eps, got "weightDecay".',
    ],
    [
      "Lion beta",
      () => new Lion([p], { betas: [0.9, 2] }),
      ValueError,
      "Lion: expected betas to be 2 values, each in [0, 1), got [0.9, 2].",
    ],
    [
      "Lion option",
      () => new Lion([p], { eps: 1 } as object),
      ValueError,
      'Lion: expected options lr, weightDecay, maximize, betas, got "eps".',
    ],
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
      'Adam: expected options lr, weightDecay, maximize, betas, eps, amsgrad, epsHat, biasCorrection, got "learningRate".',
    ],
    [
      "group option",
      () => new SGD([{ params: [p], beta: 1 } as { params: Tensor[] }]),
      ValueError,
      'SGD: expected options lr, weightDecay, maximize, decoupledWeightDecay, momentum, dampening, nesterov, got "beta".',
    ],
    ["group value", () => new SGD([{ params: [p], lr: -2 }]), ValueError, "SGD: expected lr ≥ 0, got -2."],
    ["none", () => new Adam([]), ValueError, "Adam: expected at least one parameter, got none."],
    [
      "used up",
      () => new Adam(usedUp([p])),
      ValueError,
      "Adam: expected at least one parameter, got none. A generator can be walked only once: pass an array of what it gives.",
    ],
    [
      "used up group",
      () => new Adam([{ params: [p] }, { params: usedUp([p]) }]),
      ValueError,
      "Adam: expected at least one parameter, got none. A generator can be walked only once: pass an array of what it gives.",
    ],
    [
      "replaced lr",
      () => ((new SGD([p]).groups[0] as { lr: unknown }).lr = 0.1),
      ValueError,
      "SGD: expected lr of a group to stay its tensor, got 0.1. Set group.settings.",
    ],
    [
      "replaced momentum",
      () => ((new SGD([p], { momentum: 0.5 }).groups[0] as { momentum: unknown }).momentum = 0.1),
      ValueError,
      "SGD: expected momentum of a group to stay its tensor, got 0.1. Set group.settings.",
    ],
    [
      "metric of a schedule",
      () => (new StepLR(new SGD([p]), { stepSize: 1 }) as unknown as { step(metric: number): void }).step(0.5),
      ValueError,
      "StepLR.step: expected no further argument, got 0.5.",
    ],
    [
      "average of a model",
      () => (new WeightAverage([p]) as unknown as { update(model: object): void }).update({}),
      ValueError,
      "WeightAverage.update: expected no further argument, got {}.",
    ],
    ["average", () => new WeightAverage([]), ValueError, "WeightAverage: expected at least one parameter, got none."],
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
    ["numbers", () => new Adam([1] as unknown as Tensor[]), ValueError, "Adam: expected tensors as parameters, got 1."],
    [
      "module",
      () => new Adam({ weight: p } as unknown as Tensor[]),
      ValueError,
      "Adam: expected an iterable of tensors or of parameter groups, got { weight: a Tensor }. Pass model.parameters().",
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
