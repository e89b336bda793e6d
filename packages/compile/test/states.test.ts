import { checkpoint, grad } from "@tapegrad/autograd";
import {
  BatchNorm,
  Dense,
  Dropout,
  Embedding,
  functional,
  LayerNorm,
  Module,
  Parameter,
  ReLU,
  Sequential,
} from "@tapegrad/nn";
import { Adam, clipGradNorm, clipGradValue, SGD } from "@tapegrad/optim";
import {
  arange,
  assign,
  Generator,
  manualSeed,
  ones,
  randn,
  stack,
  type Tensor,
  tensor,
  zeros,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const snapshots = (tensors: Iterable<Tensor>): (Tensor | undefined)[] => [...tensors].map(snapshot);
const gradsOf = (model: Module): (Tensor | undefined)[] => [...model.parameters()].map(({ grad }) => snapshot(grad));
const inputs = (count: number, ...shape: number[]): Tensor[] => {
  const generator = new Generator(11);
  return Array.from({ length: count }, () => randn(shape, { generator }));
};

describe("gradients after a call", () => {
  const scenario =
    (end: "kept" | "forgotten" | "none") =>
    (wrap: Parameters<Parameters<typeof expectSameAsEager>[0]>[0]): unknown => {
      manualSeed(2);
      const model = new Sequential(new Dense(4, 3), new LayerNorm(3));
      const optimizer = new SGD(model.parameters(), { lr: 0.1 });
      const step = wrap((x: Tensor) => {
        if (end !== "none") optimizer.zeroGrad();
        const loss = model.forward(x).square().mean();
        loss.backward();
        optimizer.step();
        if (end === "forgotten") optimizer.zeroGrad();
        return loss;
      });
      const seen = [];
      for (const x of inputs(3, 5, 4)) seen.push(step(x), gradsOf(model), snapshots(model.parameters()));
      return seen;
    };

  it.each(["kept", "forgotten", "none"] as const)("%s", (end) => expectSameAsEager(scenario(end)));

  it("are undefined after zeroGrad", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    w.grad = ones([2]);
    const f = compile(() => {
      w.square().sum().backward();
      w.grad = undefined;
    });
    f();
    expect(w.grad).toBeUndefined();
  });

  it("stay what they were when the function runs again", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const f = compile((x: Tensor) => {
      w.grad = undefined;
      w.mul(x).sum().backward();
    });
    f(tensor([3, 4]));
    const first = w.grad;
    f(tensor([5, 6]));
    expect(first?.toArray()).toEqual([3, 4]);
    expect(w.grad?.toArray()).toEqual([5, 6]);
    expect(w.grad).toBe(w.grad);
  });

  it("of two leaves are two tensors", () => {
    const [a, b] = [tensor([1, 2], { requiresGrad: true }), tensor([1, 2], { requiresGrad: true })];
    compile((x: Tensor) => a.add(b).mul(x).sum().backward())(tensor([3, 4]));
    assign(a.grad as Tensor, zeros([2]));
    expect(b.grad?.toArray()).toEqual([3, 4]);
  });

  it("can be changed by eager code between calls", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const f = wrap((x: Tensor) => w.mul(x).sum().backward());
      f(tensor([3, 4]));
      w.grad = w.grad?.mul(10);
      f(tensor([1, 1]));
      assign(w.grad as Tensor, zeros([2]));
      f(tensor([5, 6]));
      w.square().sum().backward();
      return snapshot(w.grad);
    });
  });

  it("are read inside", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const f = wrap((x: Tensor) => {
        const before = w.grad?.sum();
        w.mul(x).sum().backward();
        return { before, after: w.grad, both: w.grad?.mul(before ?? 1) };
      });
      return [f(tensor([3, 4])), f(tensor([3, 4])), snapshot(w.grad)];
    });
  });

  it("of arguments", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const f = wrap((x: Tensor, y: Tensor) => {
        const loss = w.mul(x).mul(y).sum();
        loss.backward();
        return loss;
      });
      const x = tensor([3, 4], { requiresGrad: true });
      const y = tensor([5, 6], { requiresGrad: true });
      const seen = [f(x, y), snapshot(x.grad), snapshot(y.grad), f(x, y), snapshot(x.grad)];
      seen.push(f(y, x), snapshot(x.grad), snapshot(y.grad));
      seen.push(f(x, x), snapshot(x.grad), f(x.detach(), y), snapshot(x.grad), snapshot(w.grad));
      return seen;
    });
  });

  it("of arguments stay what they were when another is passed", () => {
    const f = compile((x: Tensor) => x.square().sum().backward());
    const [a, b] = [tensor([1], { requiresGrad: true }), tensor([2], { requiresGrad: true })];
    f(a);
    f(b);
    expect([a.grad?.item(), b.grad?.item()]).toEqual([2, 4]);
  });

  it("of higher order", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const f = wrap((x: Tensor) => {
        const [first] = grad(w.pow(3).mul(x).sum(), [w], { createGraph: true }) as [Tensor];
        first.square().sum().backward();
        return first.detach();
      });
      return [f(tensor([3, 4])), snapshot(w.grad)];
    });
  });
});

describe("arguments and results", () => {
  it("nest", () => {
    expectSameAsEager((wrap) => {
      const f = wrap((batch: { x: Tensor; more: [Tensor, { y: Tensor; flag: boolean }]; name: string | null }) => ({
        sum: batch.x.add(batch.more[0]),
        list: [batch.more[1].y, batch.more[1].flag, batch.name, undefined],
        empty: {},
        none: [],
      }));
      const [x, z, y] = inputs(3, 2, 3) as [Tensor, Tensor, Tensor];
      return [
        f({ x, more: [z, { y, flag: true }], name: "a" }),
        f({ x, more: [x, { y: z, flag: false }], name: null }),
      ];
    });
  });

  it("may be nothing", () => {
    const counter = zeros([]);
    const f = compile(() => assign(counter, counter.add(1)));
    expect([f(), f()]).toEqual([undefined, undefined]);
    expect(counter.item()).toBe(2);
  });

  it("are one tensor where it is one", () => {
    const f = compile((x: Tensor, y: Tensor) => {
      const z = x.add(y);
      return [z, z, x.sub(y)];
    });
    const x = tensor([1, 2]);
    const [a, b, difference] = f(x, x) as [Tensor, Tensor, Tensor];
    expect(a).toBe(b);
    expect(difference.toArray()).toEqual([0, 0]);
    expect(f(x, tensor([5, 5]))[0]?.toArray()).toEqual([6, 7]);
    expect(f(x, x)[0]?.toArray()).toEqual([2, 4]);
  });

  it("belong to the caller", () => {
    const f = compile((x: Tensor) => x.mul(2));
    const first = f(tensor([1, 2]));
    f(tensor([3, 4]));
    expect(first.toArray()).toEqual([2, 4]);
    expect([first.requiresGrad, first.node]).toEqual([false, undefined]);
  });

  it("pass through", () => {
    expectSameAsEager((wrap) => {
      const captured = tensor([7, 8]);
      const f = wrap((x: Tensor) => [x, captured, x.reshape(2, 1), captured.detach(), arange(3)]);
      return [f(tensor([1, 2])), f(tensor([3, 4]))];
    });
  });

  it("of every dtype", () => {
    expectSameAsEager((wrap) => {
      const f = wrap((a: Tensor, b: Tensor, c: Tensor, d: Tensor) => [
        a.add(1),
        b.mul(b),
        c.add(c),
        d.logicalNot(),
        a.to("float64").add(b),
        a.gt(1),
      ]);
      return f(
        tensor([1, 2]),
        tensor([1.5, 2], { dtype: "float64" }),
        tensor([1, 2], { dtype: "int32" }),
        tensor([0, 1], { dtype: "bool" }),
      );
    }, 0);
  });

  it("of no elements and of no axes", () => {
    expectSameAsEager((wrap) => {
      const f = wrap((x: Tensor, y: Tensor) => [x.mul(2), x.sum(), y.exp(), x.add(y)]);
      return f(zeros([0, 3]), tensor(2));
    });
  });
});

describe("captured tensors", () => {
  it("that are no parameters", () => {
    expectSameAsEager((wrap) => {
      const scale = tensor([2, 3]);
      const mask = tensor([1, 0], { dtype: "bool" });
      const index = tensor([1, 0, 1], { dtype: "int32" });
      const f = wrap((x: Tensor) => x.mul(scale).maskedFill(mask, -1).indexSelect(0, index));
      const first = f(tensor([1, 2]));
      assign(scale, tensor([5, 7]));
      assign(mask, tensor([0, 1], { dtype: "bool" }));
      assign(index, tensor([0, 0, 1], { dtype: "int32" }));
      return [first, f(tensor([1, 2]))];
    });
  });

  it("that share a storage", () => {
    expectSameAsEager((wrap) => {
      const state = tensor([
        [1, 2],
        [3, 4],
      ]);
      const [flat, alias] = [state.reshape(4), state.detach()];
      const f = wrap((x: Tensor) => {
        assign(flat, flat.add(x));
        const seen = alias.sum({ axis: 0 });
        assign(alias, alias.mul(2));
        return [seen, state.mul(1)];
      });
      return [f(tensor([1, 1, 1, 1])), f(tensor([0, 1, 0, 1])), snapshot(state), flat.toArray()];
    });
  });

  it("swap", () => {
    expectSameAsEager((wrap) => {
      const [a, b] = [tensor([1, 2]), tensor([3, 4])];
      const f = wrap(() => {
        const old = a.clone();
        assign(a, b);
        assign(b, old);
      });
      f();
      const once = snapshots([a, b]);
      f();
      f();
      return [once, snapshots([a, b])];
    });
  });

  it("count versions", () => {
    const state = tensor([1]);
    const f = compile(() => assign(state, state.add(1)));
    const before = state.storage.version;
    f();
    f();
    expect(state.storage.version).toBe(before + 2);
  });

  it("are made when they are first needed", () => {
    expectSameAsEager((wrap) => {
      const lazy: { total?: Tensor; count?: Tensor; table?: Tensor } = {};
      const f = wrap((x: Tensor) => {
        lazy.total ??= zeros(x.shape);
        lazy.count ??= zeros([]);
        lazy.table ??= arange(x.size);
        assign(lazy.total, lazy.total.add(x.mul(lazy.table)));
        assign(lazy.count, lazy.count.add(1));
        return lazy.total.div(lazy.count);
      });
      const seen = [f(tensor([1, 2])), f(tensor([3, 4])), f(tensor([5, 6]))];
      return [seen, snapshot(lazy.total), snapshot(lazy.count)];
    });
  });

  it("are made anew in every call", () => {
    expectSameAsEager((wrap) => {
      const f = wrap((x: Tensor) => {
        const total = zeros(x.shape);
        const generator = new Generator(4);
        for (let i = 0; i < 3; i++) assign(total, total.add(x).add(functional.dropout(x, { rate: 0.5, generator })));
        return total;
      });
      return [f(tensor([1, 2, 3])), f(tensor([3, 4, 5]))];
    });
  });
});

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

  it("with clipping", () => {
    expectSameAsEager((wrap) => {
      manualSeed(5);
      const model = new Dense(4, 3);
      const optimizer = new SGD(model.parameters(), { lr: 0.5, momentum: 0.9 });
      const step = wrap((x: Tensor) => {
        optimizer.zeroGrad();
        model.forward(x).square().sum().backward();
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
