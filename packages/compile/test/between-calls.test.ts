import { noGrad } from "@tapegrad/autograd";
import { Dropout, functional, type Parameter } from "@tapegrad/nn";
import { SGD, StepLR } from "@tapegrad/optim";
import {
  assign,
  bernoulli,
  Generator,
  manualSeed,
  rand,
  randint,
  randn,
  randperm,
  type Tensor,
  zeros,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { batch, classifier, stateOf, training } from "./classifier.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

describe("state that changes between calls", () => {
  it("loadStateDict", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const step = training(wrap, model);
      const start = stateOf(model) as Record<string, Tensor>;
      const seen = [step(...batch(8, 1)), step(...batch(8, 2))];
      model.loadStateDict(start);
      seen.push(step(...batch(8, 1)));
      return [seen, stateOf(model)];
    });
  });

  it("assign, and reading parameters", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const step = training(wrap, model);
      const [weight] = model.parameters() as [Parameter];
      const seen: unknown[] = [];
      for (let i = 0; i < 4; i++) {
        seen.push(step(...batch(8, i)), snapshot(weight), weight.toArray(), weight.storage.version > 0);
        if (i === 1) assign(weight, weight.mul(0.5));
        if (i === 2) assign(weight, zeros(weight.shape));
      }
      return [seen, stateOf(model)];
    });
  });

  it("a compiled evaluation beside a compiled training", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const step = training(wrap, model);
      const evaluate = wrap((x: Tensor) => model.forward(x).softmax({ axis: 1 }));
      const seen = [];
      for (let i = 0; i < 3; i++) {
        model.train();
        seen.push(step(...batch(8, i)));
        model.eval();
        seen.push(noGrad(() => evaluate(batch(5, 9)[0])));
      }
      return [seen, stateOf(model)];
    });
  });

  it("a learning rate that a schedule changes", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const optimizer = new SGD(model.parameters(), { lr: 0.5, momentum: 0.9 });
      const schedule = new StepLR(optimizer, { stepSize: 2, gamma: 0.1 });
      const step = wrap((x: Tensor, y: Tensor) => {
        optimizer.zeroGrad();
        functional.crossEntropy(model.forward(x), y).backward();
        optimizer.step();
      });
      const rates = [];
      for (let i = 0; i < 5; i++) {
        step(...batch(8, i));
        rates.push(optimizer.lr);
        schedule.step();
      }
      optimizer.lr = 0.25;
      step(...batch(8, 7));
      return [rates, stateOf(model)];
    });
  });

  it("a schedule that steps inside", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const optimizer = new SGD(model.parameters(), { lr: 0.5, momentum: 0.9 });
      const schedule = new StepLR(optimizer, { stepSize: 2, gamma: 0.1 });
      const step = wrap((x: Tensor, y: Tensor) => {
        optimizer.zeroGrad();
        functional.crossEntropy(model.forward(x), y).backward();
        optimizer.step();
        const used = optimizer.groups[0]!.lr.mul(1);
        schedule.step();
        return used;
      });
      const rates = [];
      for (let i = 0; i < 5; i++) {
        const used = step(...batch(8, i)).item();
        rates.push([used, optimizer.lr, schedule.stepCount]);
      }
      return [rates, stateOf(model)];
    });
  });

  it("random streams of dropout", () => {
    expectSameAsEager((wrap) => {
      manualSeed(5);
      const layer = new Dropout(0.4);
      const own = new Generator(9);
      const f = wrap((x: Tensor) => layer.forward(x).add(functional.dropout(x, { rate: 0.5, generator: own })));
      const x = randn([40]);
      const seen = [f(x), f(x)];
      seen.push(layer.forward(x));
      seen.push(f(x));
      return [seen, snapshot(own.counter), randn([3])];
    }, 1e-6); // a fused multiply-add rounds once
  });
});

describe("random numbers", () => {
  it.each([
    ["float32", 0],
    ["float64", 1e-15],
  ] as const)("of %s are eager's, within %d", (dtype, tolerance) => {
    expectSameAsEager((wrap) => {
      const generator = new Generator(3);
      const draw = wrap(() => [
        rand([1000], { dtype, generator }),
        randn([100_000], { dtype, generator }),
        randint(-5, 1000, [100], { generator }),
        randperm(50, { generator }),
        bernoulli(0.3, { shape: [100], dtype, generator }),
      ]);
      return [draw(), draw(), snapshot(generator.counter)];
    }, tolerance);
  });
});

describe("modes that a function switches", () => {
  it("are as it left them, in every call", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const evaluate = wrap((x: Tensor) => {
        model.eval();
        const y = noGrad(() => model.forward(x));
        model.train();
        return y;
      });
      const forward = wrap((x: Tensor) => {
        const y = model.forward(x).detach();
        model.eval();
        return y;
      });
      const [x] = batch(6, 1);
      model.forward(x);
      const seen: unknown[] = [];
      for (const mode of [true, false, true]) {
        seen.push(evaluate(x), model.training, forward(x), model.training, forward(x));
        model.train(mode);
      }
      return [seen, stateOf(model)];
    });
  });

  it("need one plan", () => {
    const model = classifier();
    let traced = 0;
    const evaluate = compile((x: Tensor) => {
      traced++;
      model.eval();
      const y = model.forward(x).detach();
      model.train();
      return y;
    });
    model.forward(batch(6, 9)[0]);
    for (let i = 0; i < 3; i++) evaluate(batch(6, i)[0]);
    model.eval();
    evaluate(batch(6, 4)[0]);
    expect([traced, model.training]).toEqual([1, true]);
  });

  it("are as they were after an exception", () => {
    const model = classifier();
    const f = compile(() => {
      model.eval();
      throw new RangeError("mine");
    });
    expect(f).toThrow("mine");
    expect(model.training).toBe(true);
  });
});
