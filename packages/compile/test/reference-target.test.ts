import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Embedding,
  Flatten,
  functional,
  LayerNorm,
  Module,
  ReLU,
  Sequential,
} from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { Generator, manualSeed, randint, randn, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { PlanCache, runPlan } from "../src/cache/plan-cache.ts";
import { referenceTarget } from "./reference-target.ts";

/** A function compiled for the target that interprets. */
function interpreted<Arguments extends unknown[], Result>(fn: (...args: Arguments) => Result): typeof fn {
  const plans = new PlanCache(fn, referenceTarget, { deterministic: true, threads: 1 });
  return (...args) => runPlan(plans.callFor(undefined, args)) as Result;
}

class Tagger extends Module<[Tensor]> {
  readonly embedding = new Embedding(7, 6);
  readonly norm = new LayerNorm(6);
  readonly head = new Dense(6, 3);
  override forward(tokens: Tensor): Tensor {
    return this.head.forward(this.norm.forward(this.embedding.forward(tokens)).mean({ axis: 1 }));
  }
}

const images = (): Module =>
  new Sequential(new Conv2d(2, 3, 3), new BatchNorm(3), new ReLU(), new Dropout(0.3), new Flatten(), new Dense(48, 3));

/** Losses and parameters of a few steps of training, as arrays. */
function training(make: () => Module, inputs: (generator: Generator) => Tensor, wrap: typeof interpreted): unknown[] {
  manualSeed(4);
  const generator = new Generator(5);
  const model = make() as Module<[Tensor]>;
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const step = wrap((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = functional.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const losses = Array.from({ length: 4 }, () => step(inputs(generator), randint(0, 3, [4], { generator })).item());
  return [losses, Object.entries(model.stateDict()).map(([name, tensor]) => [name, Array.from(tensor.data)])];
}

describe("checks of a target that only interprets", () => {
  it("are those of eager, and what fails changes nothing", () => {
    const model = new Dense(2, 3);
    const optimizer = new Adam(model.parameters());
    const step = (x: Tensor, y: Tensor): Tensor => {
      optimizer.zeroGrad();
      const loss = functional.crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    };
    const [x, wrong, right] = [randn([2, 2]), tensor([0, 3], { dtype: "int32" }), tensor([0, 2], { dtype: "int32" })];
    const compiled = interpreted(step);
    compiled(x, right);
    const before = Array.from(model.weight.data);
    const message = "crossEntropy: expected class indices in [0, 3), got 3.";
    expect(() => functional.crossEntropy(model.forward(x), wrong)).toThrow(new ValueError(message));
    expect(() => compiled(x, wrong)).toThrow(new ValueError(message));
    expect(Array.from(model.weight.data)).toEqual(before);
  });
});

describe("a target that only interprets gives what eager gives, to the bit", () => {
  it.each<[string, () => Module, (generator: Generator) => Tensor]>([
    ["images", images, (generator) => randn([4, 2, 6, 6], { generator })],
    ["words", () => new Tagger(), (generator) => randint(0, 7, [4, 5], { generator })],
  ])("training on %s", (_, make, inputs) => {
    expect(training(make, inputs, interpreted)).toEqual(training(make, inputs, (fn) => fn));
  });
});
