import { assign, ones, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  applyConstraints,
  BatchNorm,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dense,
  DenseBatchNorm,
  DenseLayerNorm,
  DenseRMSNorm,
  DynamicErf,
  DynamicTanh,
  EvoNormB0,
  EvoNormS0,
  FilterResponseNorm,
  GlobalResponseNorm,
  GroupNorm,
  GRU,
  InstanceNorm,
  IterNorm,
  L1BatchNorm,
  LayerNorm,
  LSTMCell,
  Module,
  norms,
  Parameter,
  PositionalNorm,
  regularizationLoss,
  regularizers,
  RMSNorm,
  RNN,
  ScaleNorm,
  Sequential,
  SwitchableNorm,
} from "../../src/index.ts";

const sum = (w: Tensor): Tensor => w.sum();
const twice = (w: Tensor): Tensor => w.mul(2);
const rules = {
  kernelRegularizer: "l1",
  biasRegularizer: sum,
  kernelConstraint: "max_norm",
  biasConstraint: twice,
} as const;

const layers: readonly Module[] = [
  new Dense(2, 3, rules),
  new Conv1d(2, 3, 2, rules),
  new Conv2d(2, 3, 2, rules),
  new ConvTranspose2d(2, 3, 2, rules),
  new DenseLayerNorm(2, 3, rules).dense,
  new DenseRMSNorm(2, 3, rules).dense,
]; // prettier-ignore

describe("rules of layers", () => {
  it.each(layers.map((layer) => [layer.constructor.name, layer] as const))(
    "%s gives them to its parameters",
    (_, layer) => {
      const [weight, bias] = layer.parameters();
      expect([weight!.regularizer, weight!.constraint]).toEqual(["l1", "maxNorm"]);
      expect([bias!.regularizer, bias!.constraint]).toEqual([sum, twice]);
      expect(layer.toString()).toContain("kernelRegularizer=l1, kernelConstraint=max_norm");
    },
  );

  const gammaRules = { gammaRegularizer: "l1_l2", betaRegularizer: sum, gammaConstraint: "nonNeg", betaConstraint: twice } as const; // prettier-ignore
  it.each([
    new LayerNorm(3, gammaRules),
    new RMSNorm(3, { ...gammaRules, bias: true }),
    new GroupNorm(1, 3, gammaRules),
    new BatchNorm(3, gammaRules),
    new InstanceNorm(3, { ...gammaRules, affine: true }),
    new FilterResponseNorm(3, gammaRules),
    new DynamicTanh(3, gammaRules),
    new DynamicErf(3, gammaRules),
    new PositionalNorm(3, gammaRules),
    new L1BatchNorm(3, gammaRules),
    new IterNorm(3, gammaRules),
    new EvoNormB0(3, gammaRules),
    new EvoNormS0(3, { ...gammaRules, groups: 1 }),
    new SwitchableNorm(3, gammaRules),
    new DenseBatchNorm(2, 3, gammaRules).norm,
    new DenseLayerNorm(2, 3, gammaRules).norm,
    new DenseRMSNorm(2, 3, { ...gammaRules, normBias: true }).norm,
  ])("of a norm are of γ and β: %#", (norm) => {
    const [gamma, beta] = [norm.weight!, norm.bias!];
    expect([gamma.regularizer, gamma.constraint]).toEqual(["l1l2", "nonNeg"]);
    expect([beta.regularizer, beta.constraint]).toEqual([sum, twice]);
    expect(norm.toString()).toContain("gammaRegularizer=l1_l2");
    expect(regularizationLoss(norm).item()).toBeCloseTo(0.01 * 3 + 0.01 * 3, 6);
    assign(gamma, tensor([-1, 0, 2]));
    assign(beta, ones([3]));
    applyConstraints(norm);
    expect([gamma.toArray(), beta.toArray()]).toEqual([[0, 0, 2], [2, 2, 2]]); // prettier-ignore
    expect([norm.clone().weight!.regularizer, norm.clone().bias!.constraint]).toEqual(["l1l2", twice]);
  });

  it("of GlobalResponseNorm are of its γ and β, zeros at first", () => {
    const norm = new GlobalResponseNorm(3, gammaRules);
    expect([norm.weight.regularizer, norm.bias.constraint]).toEqual(["l1l2", twice]);
    assign(norm.weight, tensor([-1, 0, 2]));
    assign(norm.bias, ones([3]));
    applyConstraints(norm);
    expect([norm.weight.toArray(), norm.bias.toArray()]).toEqual([[0, 0, 2], [2, 2, 2]]); // prettier-ignore
  });

  it("of ScaleNorm are of its one gain", () => {
    const norm = new ScaleNorm(4, { gammaRegularizer: sum, gammaConstraint: twice });
    expect(regularizationLoss(norm).item()).toBe(2);
    applyConstraints(norm);
    expect(norm.weight.item()).toBe(4);
  });

  it.each([new LSTMCell(2, 3, { ...rules, recurrentRegularizer: "l2", recurrentConstraint: "unitNorm" }), new GRU(2, 3, { ...rules, numLayers: 2, recurrentRegularizer: "l2", recurrentConstraint: "unitNorm" })])(
    "recurrent %#: of the input, of the state and both biases",
    (layer) => {
      for (const [name, { regularizer, constraint }] of layer.namedParameters()) {
        const wanted = name.startsWith("weightIh") ? ["l1", "maxNorm"] : name.startsWith("weightHh") ? ["l2", "unitNorm"] : [sum, twice];
        expect([regularizer, constraint], name).toEqual(wanted);
      }
    },
  ); // prettier-ignore

  it("have an activation", () => {
    const x = tensor([[1, -1]]);
    expect(new Dense(2, 2, { init: (w) => w, bias: false, activation: twice }).forward(x).toArray()).toEqual([[0, 0]]);
    const plain = new Dense(2, 4);
    const bent = new Dense(2, 4, { activation: "leaky_relu" });
    bent.loadStateDict(plain.stateDict());
    expect(bent.forward(x).toArray()).toEqual(plain.forward(x).maximum(plain.forward(x).mul(0.01)).toArray());
    expect(bent.toString()).toContain("activation=leaky_relu");
    bent.activation = undefined;
    expect(bent.forward(x).toArray()).toEqual(plain.forward(x).toArray());
    for (const Layer of [Conv2d, ConvTranspose2d]) {
      const y = new Layer(2, 3, 2, { activation: "relu", init: "ones" }).forward(ones([1, 2, 3, 3]).neg().mul(9));
      expect(y.eq(0).all().item()).toBe(1);
    }
    const rnn = new RNN(2, 3, { activation: (h) => h.mul(0) });
    expect(
      rnn
        .forward(ones([4, 1, 2]))[0]
        .eq(0)
        .all()
        .item(),
    ).toBe(1);
  });
});

describe("regularizationLoss", () => {
  it("adds up trained parameters once, shared ones too, and is 0 without any", () => {
    const first = new Dense(2, 2, { init: "ones", kernelRegularizer: regularizers.l2(0.5), bias: false });
    const second = new Dense(2, 2, { init: "ones", biasInit: "ones", biasRegularizer: "l1" });
    const net = new Sequential(first, second);
    expect(regularizationLoss(net).item()).toBeCloseTo(2 + 0.02, 6);
    second.weight = first.weight;
    expect(regularizationLoss(net).item()).toBeCloseTo(2 + 0.02, 6);
    first.requiresGrad_(false);
    expect(regularizationLoss(net).item()).toBeCloseTo(0.02, 6);
    expect(regularizationLoss(new Dense(2, 2)).item()).toBe(0);
  });

  it("has the gradients of its terms", () => {
    const layer = new Dense(2, 1, { init: (w) => w, kernelRegularizer: (w) => w.add(3).square().sum() });
    regularizationLoss(layer).backward();
    expect(layer.weight.grad?.toArray()).toEqual([[6, 6]]);
    expect(layer.bias?.grad).toBeUndefined();
  });

  it("says whose regulariser gives no number", () => {
    const layer = new Dense(2, 1, { kernelRegularizer: (w) => w.abs() });
    expect(() => regularizationLoss(layer)).toThrow(
      new ShapeError("regularizationLoss: expected one number from the regularizer of weight, got shape [1, 2]. Take its sum()."),
    );
    layer.weight.regularizer = (() => 3) as never;
    expect(() => regularizationLoss(new Sequential(layer))).toThrow(
      "regularizationLoss: expected what the regularizer of 0.weight returns to be a tensor, got 3.",
    );
  }); // prettier-ignore
});

describe("applyConstraints", () => {
  it("assigns, without a graph, what constraints make of trained parameters", () => {
    const layer = new Dense(2, 1, { init: "ones", biasInit: "ones", kernelConstraint: "nonNeg", biasConstraint: (b) => b.neg() });
    const { weight, bias } = layer;
    weight.constraint = (w) => w.mul(3);
    applyConstraints(layer);
    expect([weight.toArray(), bias!.toArray()]).toEqual([[[3, 3]], [-1]]);
    weight.requiresGrad_(false);
    applyConstraints(layer);
    expect([weight.toArray(), bias!.toArray()]).toEqual([[[3, 3]], [1]]);
    layer.forward(ones([1, 2])).sum().backward();
    expect(bias!.grad?.toArray()).toEqual([1]);
  }); // prettier-ignore

  it("changes nothing when one of them fails", () => {
    const layer = new Dense(2, 1, { init: "ones", kernelConstraint: twice, biasConstraint: (b) => b.sum() });
    expect(() => applyConstraints(layer)).toThrow(
      new ShapeError("applyConstraints: expected what the constraint of bias returns of shape [1], got []."),
    );
    expect(layer.weight.toArray()).toEqual([[1, 1]]);
  });
});

describe("parameters", () => {
  /** As a Keras user writes a norm. */
  class Gain extends Module {
    gamma: Parameter = new Parameter(tensor([1, -2]), { regularizer: "l1", constraint: "non_neg" });
    override forward(x: Tensor): Tensor {
      return x.mul(this.gamma);
    }
  }

  it("take rules in modules of one's own, and copies have them", () => {
    const gain = new Gain();
    const copy = gain.clone();
    for (const each of [gain, copy]) {
      expect(regularizationLoss(each).item()).toBeCloseTo(0.03, 6);
      applyConstraints(each);
      expect(each.gamma.toArray()).toEqual([1, 0]);
    }
    copy.gamma.regularizer = undefined;
    expect(gain.gamma.regularizer).toBe("l1");
  });

  it.each<readonly [() => unknown, string]>([
    [() => new Dense(2, 1, { kernelRegularizer: "l3" as "l2" }), 'Dense: expected a function or one of l1, l2, l1l2, orthogonal, orthogonalRegularizer, got "l3". Did you mean "l1"?'],
    [() => new LSTMCell(2, 1, { recurrentConstraint: "maxNrom" as "maxNorm" }), 'LSTMCell: expected a function or one of maxNorm, nonNeg, unitNorm, minMaxNorm, got "maxNrom". Did you mean "maxNorm"?'],
    [() => new LayerNorm(2, { gammaRegularizer: "l3" as "l2" }), 'LayerNorm: expected a function or one of l1, l2, l1l2, orthogonal, orthogonalRegularizer, got "l3".'],
    [() => new BatchNorm(2, { betaConstraint: "nonNge" as "nonNeg" }), 'BatchNorm: expected a function or one of maxNorm, nonNeg, unitNorm, minMaxNorm, got "nonNge".'],
    [() => new Parameter(zeros([2]), { constraint: 3 as never }), "Parameter: expected constraint to be a function or its name, got 3."],
    [() => { new Parameter(zeros([2])).regularizer = "l_3" as "l2"; }, 'Parameter: expected a function or one of l1,'],
    [() => { new Parameter(zeros([2])).constraint = null as never; }, "Parameter: expected constraint to be a function or its name, got null."],
    [() => norms.weightNorm(new Dense(2, 1, { kernelRegularizer: "l2" })), "weightNorm: expected a weight without regularizer and constraint, got one with. Give them to what it is computed from."],
  ])("error %#", (run, message) => {
    expect(run).toThrow(ValueError);
    expect(run).toThrow(message);
  }); // prettier-ignore
});
