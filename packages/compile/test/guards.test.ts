import { enableGrad, noGrad } from "@tapegrad/autograd";
import { Dense, functional, LayerNorm } from "@tapegrad/nn";
import { Adam, clipGradNorm, SGD } from "@tapegrad/optim";
import { assign, manualSeed, rand, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { batch, classifier, gradsOf, stateOf, training } from "./classifier.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

describe("a plan fits only what it was made for", () => {
  it("train() and eval()", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const forward = wrap((x: Tensor) => model.forward(x));
      const [x] = batch(16, 1);
      const outputs = [];
      for (const mode of [true, false, true, false]) {
        model.train(mode);
        outputs.push(noGrad(() => forward(x)));
      }
      return [outputs, stateOf(model)];
    });
  });

  it("keeps one plan for each mode", () => {
    const model = classifier();
    const forward = compile((x: Tensor) => model.forward(x));
    const [x] = batch(4, 1);
    const seen = new Set();
    for (const mode of [true, false, true, false]) {
      model.train(mode);
      forward(x);
      seen.add(forward.plan);
    }
    expect(seen.size).toBe(2);
  });

  it("manualSeed between calls", () => {
    expectSameAsEager((wrap) => {
      manualSeed(3);
      const draw = wrap(() => rand([5]));
      const first = [draw(), draw()];
      manualSeed(3);
      const second = [draw(), draw()];
      return [first, second, draw(), rand([2])];
    }, 0);
  });

  it("noGrad around a call", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2, 3], { requiresGrad: true });
      const f = wrap((x: Tensor) => {
        const y = w.mul(x).sum();
        if (y.requiresGrad) y.backward();
        return y.requiresGrad ? y.detach().mul(2) : y.detach();
      });
      const x = tensor([1, 1, 2]);
      const results = [f(x), noGrad(() => f(x)), f(x)];
      return [results, snapshot(w.grad)];
    });
  });

  it("noGrad and enableGrad inside", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2, 3], { requiresGrad: true });
      const f = wrap((x: Tensor) => {
        const scale = noGrad(() => w.square().sum().sqrt());
        const loss = w.div(scale).mul(x).sum();
        loss.backward();
        return loss;
      });
      f(tensor([1, 1, 2]));
      noGrad(() => enableGrad(() => f(tensor([1, 0, 2]))));
      return snapshot(w.grad);
    });
  });

  it("gradients present or not: accumulation over several calls", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const optimizer = new SGD(model.parameters(), { lr: 0.1 });
      const accumulate = wrap((x: Tensor, y: Tensor) => {
        const loss = functional.crossEntropy(model.forward(x), y).div(3);
        loss.backward();
        return loss;
      });
      const seen = [];
      for (let i = 0; i < 6; i++) {
        seen.push(snapshot(accumulate(...batch(8, i))), gradsOf(model));
        if (i % 3 === 2) {
          optimizer.step();
          optimizer.zeroGrad();
        }
      }
      return [seen, stateOf(model)];
    });
  });

  it("accumulates, steps and forgets in compiled functions", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const optimizer = new Adam(model.parameters());
      const accumulate = wrap((x: Tensor, y: Tensor) => {
        const loss = functional.crossEntropy(model.forward(x), y);
        loss.backward();
        return loss;
      });
      const update = wrap(() => {
        const norm = clipGradNorm(model.parameters(), 0.5);
        optimizer.step();
        optimizer.zeroGrad();
        return norm;
      });
      const seen = [];
      for (let i = 0; i < 6; i++) {
        seen.push(accumulate(...batch(8, i)));
        if (i % 2 === 1) seen.push(update());
      }
      return [seen, gradsOf(model), stateOf(model)];
    });
  });

  it("a last, smaller batch", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const step = training(wrap, model);
      const losses = [16, 16, 5, 16, 5].map((size, i) => step(...batch(size, i)));
      return [losses, stateOf(model), gradsOf(model)];
    });
    const step = training(compile, classifier()) as ReturnType<typeof compile<[Tensor, Tensor], Tensor>>;
    const plans = [16, 16, 5, 16, 5].map((size, i) => (step(...batch(size, i)), step.plan));
    expect(new Set(plans).size).toBe(2);
    expect(plans[0]).toBe(plans[3]);
  });

  it("model.to and back", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const step = training(wrap, model);
      const seen = [];
      for (const dtype of ["float32", "float64", "float64", "float32"] as const) {
        model.to(dtype);
        const [x, y] = batch(8, 2);
        seen.push(step(x.to(dtype), y), gradsOf(model));
      }
      return [seen, stateOf(model)];
    });
  });

  it("dtype of captured tensors alone", () => {
    expectSameAsEager((wrap) => {
      const model = new LayerNorm([4]);
      const total = wrap(() => model.parameters().map((p) => p.sum()));
      const seen = [total(), total()];
      model.to("float64");
      return [...seen, total(), total(), (model.to("float32"), total())];
    });
  });

  it("frozen and thawed parameters", () => {
    expectSameAsEager((wrap) => {
      const model = classifier();
      const step = training(wrap, model);
      const frozen = model.parameters()[0] as Tensor;
      const seen = [];
      for (const flag of [true, false, true]) {
        frozen.requiresGrad_(flag);
        for (let i = 0; i < 3; i++) seen.push(step(...batch(8, 1)), gradsOf(model));
      }
      return [seen, stateOf(model)];
    });
  });

  it("parameters that are frozen and thawed inside, as a GAN does, in one plan", () => {
    expectSameAsEager((wrap) => {
      const [critic, generator] = [new Dense(2, 1, { init: "ones" }), new Dense(2, 2, { init: "ones" })];
      const f = wrap((x: Tensor) => {
        critic.requiresGrad_(false);
        critic.forward(generator.forward(x)).sum().backward();
        critic.requiresGrad_(true);
        critic.forward(x).sum().backward();
      });
      const seen = [];
      for (let i = 0; i < 3; i++) {
        f(tensor([[1, i]]));
        seen.push(gradsOf(critic), gradsOf(generator), critic.weight.requiresGrad);
      }
      return seen;
    });
    let traces = 0;
    const critic = new Dense(2, 1);
    const f = compile((x: Tensor) => {
      traces++;
      critic.requiresGrad_(false);
      const score = critic.forward(x);
      critic.requiresGrad_(true);
      return score;
    });
    for (let i = 0; i < 3; i++) f(tensor([[1, i]]));
    expect(traces).toBe(1);
  });

  it("leaves that are made inside, of arguments and of captured tensors", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2]);
      const f = wrap((x: Tensor) => {
        x.requiresGrad_();
        w.requiresGrad = true;
        x.mul(w).sum().backward();
        w.requiresGrad = false;
      });
      const x = tensor([3, 4]);
      const seen = [];
      for (let i = 0; i < 3; i++) {
        f(x);
        seen.push(x.requiresGrad, snapshot(x.grad), w.requiresGrad, snapshot(w.grad));
      }
      return seen;
    });
  });

  it("a flag that only decides", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1], { requiresGrad: true });
      const f = wrap((x: Tensor) => x.mul(w.requiresGrad ? 2 : 3));
      // Twice, so that the second call is like the last one.
      const seen = [f(tensor([1])), f(tensor([1]))];
      w.requiresGrad_(false);
      return [...seen, f(tensor([1])), f(tensor([1])), (w.requiresGrad_(), f(tensor([1])))];
    });
  });

  it("numbers, strings and structure of the arguments", () => {
    const f = compile((x: Tensor, options: { scale?: number; mode: string }) =>
      options.mode === "double" ? x.mul(2) : x.mul(options.scale ?? 1),
    );
    const x = tensor([1, 2]);
    expect(f(x, { mode: "double" }).toArray()).toEqual([2, 4]);
    expect(f(x, { mode: "scale", scale: 3 }).toArray()).toEqual([3, 6]);
    expect(f(x, { mode: "scale", scale: -0 }).toArray()).toEqual([-0, -0]);
    expect(f(x, { mode: "scale", scale: 0 }).toArray()).toEqual([0, 0]);
    expect(f(x, { mode: "scale" }).toArray()).toEqual([1, 2]);
  });

  it("a value of a captured tensor that was read", () => {
    expectSameAsEager((wrap) => {
      const limit = tensor([1]);
      const f = wrap((x: Tensor) => (limit.item() > 2 ? x.neg() : x.mul(2)));
      const first = f(tensor([1, 2]));
      assign(limit, tensor([3]));
      return [first, f(tensor([1, 2]))];
    });
  });
});
