import "@tapegrad/autograd";
import { applyConstraints, Dense, LSTM, type Module, regularizationLoss, regularizers, Sequential } from "@tapegrad/nn";
import { Adam, SGD } from "@tapegrad/optim";
import { Generator, ones, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const x = randn([4, 3], { generator: new Generator(5) });

function makeNet(): Sequential {
  const generator = new Generator(3);
  const rules = { kernelRegularizer: "l1l2", biasRegularizer: "l1", kernelConstraint: "max_norm", generator } as const;
  return new Sequential(
    new Dense(3, 4, { ...rules, activation: "tanh" }),
    new Dense(4, 2, { generator, kernelRegularizer: "orthogonal", kernelConstraint: "min_max_norm", biasConstraint: "non_neg" }),
  ); // prettier-ignore
}

function stepOf(net: Module): () => Tensor {
  const optimizer = new Adam(net.parameters(), { lr: 0.3 });
  return () => {
    optimizer.zeroGrad();
    const loss = net.forward(x).square().mean().add(regularizationLoss(net));
    loss.backward();
    optimizer.step();
    applyConstraints(net);
    return loss;
  };
}

describe("regularisers and constraints in a compiled step", () => {
  it("are those of the eager one", () => {
    const [eager, compiled] = [makeNet(), makeNet()];
    const steps = [stepOf(eager), compile(stepOf(compiled))] as const;
    for (let i = 0; i < 20; i++) {
      const [a, b] = steps.map((step) => step().item()) as [number, number];
      expect(b).toBeCloseTo(a, 4);
    }
    for (const [name, value] of Object.entries(eager.stateDict())) {
      const difference = value.sub(compiled.stateDict()[name]!).abs().max().item();
      expect(difference, name).toBeLessThan(1e-4);
    }
    expect((compiled.at(1) as Dense).bias!.min().item()).toBeGreaterThanOrEqual(0);
    expect((compiled.at(0) as Dense).weight.norm({ axis: 1 }).max().item()).toBeLessThanOrEqual(2);
  });

  it("are followed when they change between calls", () => {
    const net = new Dense(2, 1, { init: "ones", bias: false });
    const loss = compile(() => regularizationLoss(net));
    const values = [undefined, "l1", "l2", (w: Tensor) => w.sum(), "l1"].map((regularizer) => {
      net.weight.regularizer = regularizer as "l1";
      return loss().item();
    });
    [0, 0.02, 0.02, 2, 0.02].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 6));
    expect(loss.builds).toBe(4); // the plan of "l1" is found again

    const bound = compile((x: Tensor) => {
      applyConstraints(net);
      return net.forward(x);
    });
    const outputs = [undefined, (w: Tensor) => w.mul(3), "unitNorm"].map((constraint) => {
      net.weight.constraint = constraint as "unitNorm";
      return bound(ones([1, 2])).item();
    });
    [2, 6, Math.SQRT2].forEach((value, i) => expect(outputs[i]).toBeCloseTo(value, 5));
  });

  it("follow a layer that is frozen, thawed, or has another activation", () => {
    const net = new Dense(2, 1, { init: "ones", bias: false, kernelRegularizer: "l1", activation: "relu" });
    const run = compile((x: Tensor) => net.forward(x).sum().add(regularizationLoss(net)));
    const input = ones([1, 2]);
    expect(run(input).item()).toBeCloseTo(2.02, 5);
    net.requiresGrad_(false);
    expect(run(input).item()).toBeCloseTo(2, 5);
    net.requiresGrad_(true);
    net.activation = (y) => y.neg();
    expect(run(input).item()).toBeCloseTo(-1.98, 5);
  });

  it("reach the weights of recurrent layers, which lie in a cell", () => {
    const lstm = new LSTM(2, 3, { kernelRegularizer: "l2", recurrentRegularizer: "l1", recurrentConstraint: "unitNorm" });
    const run = compile(() => {
      applyConstraints(lstm);
      return regularizationLoss(lstm);
    });
    const { weightIh, weightHh } = lstm.weights[0]!;
    const got = run().item();
    expect(weightHh.norm({ axis: 1 }).sub(1).abs().max().item()).toBeLessThan(1e-5);
    expect(got).toBeCloseTo(0.01 * (weightIh.square().sum().item() + weightHh.abs().sum().item()), 5);
  }); // prettier-ignore
});

describe("an l2 of factor λ", () => {
  it("trains with SGD as a weight decay of 2λ does: Keras penalizes λ·Σw², PyTorch adds λ·w to the gradient", () => {
    const options = { bias: false, generator: new Generator(9), dtype: "float64" } as const;
    const penalized = new Dense(3, 2, { ...options, kernelRegularizer: regularizers.l2(0.05) });
    const decayed = new Dense(3, 2, options);
    decayed.loadStateDict(penalized.stateDict());
    const input = x.to("float64");
    const step = (net: Dense, weightDecay: number): (() => void) => {
      const optimizer = new SGD(net.parameters(), { lr: 0.1, momentum: 0.9, weightDecay });
      return compile(() => {
        optimizer.zeroGrad();
        net.forward(input).square().mean().add(regularizationLoss(net)).backward();
        optimizer.step();
      });
    };
    const [first, second] = [step(penalized, 0), step(decayed, 0.1)];
    for (let i = 0; i < 10; i++) {
      first();
      second();
      expect(penalized.weight.sub(decayed.weight).abs().max().item()).toBeLessThan(1e-14);
    }
    expect(penalized.weight.abs().max().item()).toBeGreaterThan(0.01);
  });
});
