import { checkpoint } from "@tapegrad/autograd";
import { BatchNorm, Dense, Dropout, Embedding, functional, Module, Parameter, ReLU, Sequential } from "@tapegrad/nn";
import { Adam, clipGradNorm, clipGradValue, layerwiseWeightDecay, SGD } from "@tapegrad/optim";
import { assign, Generator, manualSeed, ones, randn, stack, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const snapshots = (tensors: Iterable<Tensor>): (Tensor | undefined)[] => [...tensors].map(snapshot);
const gradsOf = (model: Module): (Tensor | undefined)[] => model.parameters().map(({ grad }) => snapshot(grad));
const inputs = (count: number, ...shape: number[]): Tensor[] => {
  const generator = new Generator(11);
  return Array.from({ length: count }, () => randn(shape, { generator }));
};

describe("whole steps", () => {
  it("with shared weights", () => {
    expectSameAsEager((wrap) => {
      manualSeed(4);
      const embedding = new Embedding(7, 5);
      const hidden = new Dense(5, 5);
      const params = [...embedding.parameters(), ...hidden.parameters()];
      const optimizer = new Adam(params, { lr: 0.01 });
      const step = wrap((tokens: Tensor, y: Tensor) => {
        optimizer.zeroGrad();
        const h = hidden.forward(hidden.forward(embedding.forward(tokens)).tanh());
        const loss = functional.crossEntropy(h.matmul(embedding.weight.transpose()), y);
        loss.backward();
        optimizer.step();
        return loss;
      });
      const tokens = tensor([0, 3, 6, 3, 1], { dtype: "int32" });
      const y = tensor([3, 6, 3, 1, 0], { dtype: "int32" });
      return [[1, 2, 3].map(() => step(tokens, y)), snapshots(params), params.map((p) => snapshot(p.grad))];
    });
  });

  it("with layer-wise decay and clipping", () => {
    expectSameAsEager((wrap) => {
      manualSeed(5);
      const model = new Dense(4, 3);
      const optimizer = new SGD(model.parameters(), { lr: 0.5, momentum: 0.9 });
      const step = wrap((x: Tensor) => {
        optimizer.zeroGrad();
        model.forward(x).square().sum().backward();
        layerwiseWeightDecay([model.weight], 0.1);
        const norm = clipGradNorm(model.parameters(), 1);
        clipGradValue(model.parameters(), 0.3);
        optimizer.step();
        return norm;
      });
      const norms = inputs(4, 6, 4).map((x) => step(x));
      return [norms, gradsOf(model), snapshots(model.parameters())];
    });
  });

  it("with running statistics", () => {
    for (const momentum of [0.3, null]) {
      expectSameAsEager((wrap) => {
        manualSeed(6);
        const model = new Sequential(new BatchNorm(4, { momentum }), new Dense(4, 2));
        const step = wrap((x: Tensor) => model.forward(x));
        for (const x of inputs(4, 6, 4)) step(x);
        return snapshots(Object.values(model.stateDict()));
      });
    }
  });

  it("with checkpoint", () => {
    expectSameAsEager((wrap) => {
      manualSeed(7);
      const block = new Sequential(new Dense(4, 4), new BatchNorm(4), new Dropout(0.5), new ReLU());
      const step = wrap((x: Tensor) => {
        block.zeroGrad();
        const loss = checkpoint((h: Tensor) => block.forward(h), x)
          .square()
          .mean();
        loss.backward();
        return loss;
      });
      const losses = inputs(3, 8, 4).map((x) => step(x));
      return [losses, gradsOf(block), snapshots(Object.values(block.stateDict())), randn([2])];
    });
  });

  it("with a compiled function inside", () => {
    let traced = 0;
    expectSameAsEager((wrap) => {
      manualSeed(8);
      const model = new Dense(3, 3);
      const forward = wrap((x: Tensor) => {
        traced++;
        return model.forward(x).tanh();
      });
      const step = wrap((x: Tensor) => {
        model.zeroGrad();
        const loss = forward(forward(x)).square().mean();
        loss.backward();
        return loss;
      });
      const [x, y] = inputs(2, 5, 3) as [Tensor, Tensor];
      return [step(x), gradsOf(model), step(y), forward(x).detach(), gradsOf(model)];
    });
    // Eager: 5 calls. Compiled: twice inside, once alone.
    expect(traced).toBe(5 + 3);
  });

  it("of a module with state of its own", () => {
    class Average extends Module {
      readonly gain = new Parameter(ones([3]));
      mean: Tensor | undefined;
      override forward(x: Tensor): Tensor {
        this.mean ??= zeros([3]);
        assign(this.mean, this.mean.mul(0.9).add(x.detach().mean({ axis: 0 }).mul(0.1)));
        return x.sub(this.mean).mul(this.gain);
      }
    }
    expectSameAsEager((wrap) => {
      const model = new Average();
      const step = wrap((x: Tensor) => {
        const y = model.forward(x);
        y.square().sum().backward();
        return y.detach();
      });
      return [inputs(3, 4, 3).map((x) => step(x)), snapshot(model.mean), gradsOf(model)];
    });
  });

  it("of several functions over one state", () => {
    expectSameAsEager((wrap) => {
      const state = tensor([1, 2]);
      const f = wrap((x: Tensor) => assign(state, state.add(x)));
      const g = wrap((x: Tensor) => stack([state, x]));
      const seen = [];
      for (let i = 0; i < 3; i++) {
        f(tensor([i, 1]));
        seen.push(g(tensor([0, i])));
        assign(state, state.mul(2));
      }
      return [seen, snapshot(state)];
    });
  });
});
