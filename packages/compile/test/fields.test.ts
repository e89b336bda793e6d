import "@tapegrad/autograd";
import { Buffer, Dense, Module, ModuleList, norms, Parameter, ReLU, Sequential } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { assign, CompileError, ones, ShapeError, stack, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { errorOf } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const x = tensor([1, 2]);

/** A module whose `forward` is given. */
class Given extends Module {
  readonly #body: (self: Given, x: Tensor) => Tensor;
  calls = 0;
  kept: unknown = undefined;
  state: Buffer | undefined = undefined;

  constructor(body: (self: Given, x: Tensor) => Tensor) {
    super();
    this.#body = body;
  }

  override forward(x: Tensor): Tensor {
    return this.#body(this, x);
  }
}

describe("what a function leaves in the fields of modules", () => {
  it("is an error where each call would find another value, and is put back then", () => {
    const counter = new Given((self, x) => x.mul(++self.calls));
    expect(errorOf(() => compile((x: Tensor) => counter.forward(x))(x))).toContain(
      "CompileError: compile: expected fields of modules to hold the same after every call, got another value in each for calls of " +
        "Given. Keep it in a Buffer and assign to it, or change it outside of the compiled function.",
    );
    expect(counter.calls).toBe(0);
    const list = new Given((self, x) => ((self.kept as Tensor[]).push(x), x));
    list.kept = [];
    expect(() => compile((x: Tensor) => list.forward(x))(x)).toThrow("the length of Array");
    expect(list.kept).toEqual([]);
  });

  it("is an error where a call reads the tensor of the last one", () => {
    const recurrent = new Given((self, x) => (self.kept = x.add(self.kept as Tensor)) as Tensor);
    recurrent.kept = zeros([2]);
    const before = recurrent.kept;
    expect(() => compile((x: Tensor) => recurrent.forward(x))(x)).toThrow(CompileError);
    expect(recurrent.kept).toBe(before);
  });

  it("may be tensors to look at, copies of what was there, and state that is created once", () => {
    let traces = 0;
    const keeping = new Given((self, x) => {
      traces++;
      self.kept = { last: x.mul(2), shape: [...x.shape], one: tensor([1]) };
      return x.mul(3);
    });
    const f = compile((x: Tensor) => keeping.forward(x));
    expect([f(x), f(x)].map((y) => y.toArray())).toEqual([
      [3, 6],
      [3, 6],
    ]);
    expect(traces).toBe(2);
    expectSameAsEager((wrap) => {
      const total = new Given((self, x) => {
        self.state ??= new Buffer(zeros([2]));
        assign(self.state, self.state.add(x));
        return self.state.mul(1);
      });
      const step = wrap((x: Tensor) => total.forward(x));
      return [step(x), step(x), snapshot(total.state)];
    });
  });

  it("is looked at in every method, and in modules that have none", () => {
    expectSameAsEager((wrap) => {
      class Coder extends Module {
        encoder: Module = new Dense(2, 2, { init: "ones", bias: false });
        layers: ModuleList = new ModuleList([new ReLU()]);
        override forward(x: Tensor): Tensor {
          return this.decode(this.encode(x));
        }
        encode(x: Tensor): Tensor {
          return this.encoder.forward(x);
        }
        decode(x: Tensor): Tensor {
          return [...this.layers].reduce((h, layer) => layer.forward(h), x);
        }
      }
      const coder = new Coder();
      const [encode, decode] = [wrap((x: Tensor) => coder.encode(x)), wrap((x: Tensor) => coder.decode(x))];
      const seen = [encode(x), decode(x)];
      coder.encoder = new Sequential(new Dense(2, 3, { init: "ones", bias: false }));
      coder.layers.append(new Given((_, x) => x.neg()));
      return [...seen, encode(x), decode(x)];
    });
  });

  it("counts the parameters that are forgotten, and those of a recurrent layer", async () => {
    const { LSTM } = await import("@tapegrad/nn");
    expectSameAsEager((wrap) => {
      const net = new Sequential(new Dense(2, 1));
      const forget = wrap(() => void net.zeroGrad());
      forget();
      const added = new Dense(1, 1);
      net.append(added);
      added.weight.grad = ones([1, 1]);
      forget();
      return added.weight.grad === undefined;
    });
    expectSameAsEager((wrap) => {
      const lstm = new LSTM(2, 2);
      const states = lstm.stateDict();
      for (const value of Object.values(states)) assign(value, ones(value.shape));
      const run = wrap((x: Tensor) => lstm.forward(x)[0]);
      const first = run(ones([3, 1, 2]));
      Object.assign(lstm.weights[0]!, { weightHh: new Parameter(zeros([8, 2])) });
      return [first, run(ones([3, 1, 2]))];
    });
  });

  it("is looked at where a function takes layers and parameters out by itself, once the module was walked", () => {
    expectSameAsEager((wrap) => {
      const net = Object.assign(new Given((_, x) => x), {
        head: new Dense(2, 2, { init: "ones", bias: false }),
        layers: [new Dense(2, 2, { init: "ones", bias: false })],
        named: new Map([["last", new Dense(2, 2, { init: "ones", bias: false })]]),
      });
      net.parameters();
      const f = wrap((x: Tensor) => net.named.get("last")!.forward(net.layers[0]!.forward(net.head.forward(x))));
      const g = wrap((x: Tensor) => net.head.weight.matmul(x));
      const seen = [f(x), g(x)];
      net.head = new Dense(2, 2, { init: "zeros", bias: false });
      net.parameters();
      seen.push(f(x), g(x));
      Object.assign(net.head, { weight: new Parameter(ones([2, 2]).mul(3)) });
      net.parameters();
      seen.push(f(x), g(x));
      net.layers[0] = new Dense(2, 2, { init: "zeros", biasInit: "ones" });
      net.parameters();
      seen.push(f(x));
      net.named.set("last", new Dense(2, 1, { init: "ones", bias: false }));
      return [...seen, f(x)];
    });
  });

  it("is noticed where nothing but a name changes, or an order", () => {
    expectSameAsEager((wrap) => {
      const given = new Given((self, x) => {
        const { factor = 1, bias = 0 } = self.kept as { factor?: number; bias?: number };
        return Object.keys(self.kept as object)[0] === "bias" ? x.add(bias).mul(factor) : x.mul(factor).add(bias);
      });
      const f = wrap((x: Tensor) => given.forward(x));
      const contents: object[] = [{ factor: 3 }, { bias: 3 }, { factor: 3, bias: 3 }, { bias: 3, factor: 3 }];
      const kept: Record<string, unknown> = {};
      given.kept = kept;
      return contents.flatMap((content) => {
        for (const name of Object.keys(kept)) Reflect.deleteProperty(kept, name);
        Object.assign(kept, content);
        return [f(x), f(x), f(x)];
      });
    });
  });

  it("norms.weightNorm between calls", () => {
    expectSameAsEager((wrap) => {
      const layer = new Dense(2, 2, { init: "ones", bias: false });
      const f = wrap((x: Tensor) => layer.forward(x));
      const before = f(x);
      const { weightG } = norms.weightNorm(layer);
      assign(weightG, weightG.mul(5));
      return [before, f(x)];
    });
  });
});

describe("arguments that share the elements of a tensor that is assigned", () => {
  const message = /^compile: expected arguments apart from the tensors that the function assigns to, got argument 0/;
  it.each<[string, (w: Tensor) => Tensor]>([
    ["itself", (w) => w],
    ["detach", (w) => w.detach()],
    ["reshape", (w) => w.reshape([2, 1])],
  ])("%s", (_, share) => {
    const w = tensor([1, 2]);
    const f = compile((x: Tensor) => {
      assign(w, tensor([5, 6]));
      return x.mul(1);
    });
    expect(() => f(share(w))).toThrow(message);
    expect(f(w.clone()).toArray()).toEqual([1, 2]);
    // Also when there is a plan already.
    expect(() => f(share(w))).toThrow(message);
    expect(w.toArray()).toEqual([5, 6]);
  });

  it("parameters beside optimizer.step, and tensors of a state dictionary", () => {
    const layer = new Dense(1, 2);
    const optimizer = new SGD(layer.parameters());
    const f = compile((w: Tensor) => {
      layer
        .forward(w.slice([0, 1]))
        .sum()
        .backward();
      optimizer.step();
    });
    expect(() => f(layer.weight.detach())).toThrow(message);
    expect(() => f(layer.stateDict()["weight"] as Tensor)).toThrow(message);
  });
});

describe("gradients", () => {
  it("fit their tensor, or are refused", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    expect(() => (w.grad = ones([1]))).toThrow(
      new ShapeError("grad: expected a gradient of shape [2], as its tensor, got [1]."),
    );
    expect(() => (w.grad = ones([2], { dtype: "float64" }))).toThrow(
      "grad: expected a gradient of dtype float32, as its tensor, got float64.",
    );
    expect(() => (w.grad = 1 as unknown as Tensor)).toThrow("grad: expected a tensor or undefined, got 1.");
    expect(w.grad).toBeUndefined();
    w.grad = ones([2]);
    w.grad = null;
    expect(w.grad).toBeUndefined();
    w.add(w).sum().backward();
    expect(w.grad).toBeDefined();
  });

  it("are not assigned to, since each call finds another tensor there", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    w.grad = tensor([3, 1]);
    const scale = compile(() => assign(w.grad as Tensor, (w.grad as Tensor).mul(2)));
    expect(scale).toThrow(
      "assign: expected a tensor from outside of the compiled function as target, got the gradient of a leaf of " +
        "shape [2]. Set grad to the new value instead.",
    );
  });

  it("that were one tensor need not be so at the next call", () => {
    expectSameAsEager((wrap) => {
      const [w, v] = [tensor([1], { requiresGrad: true }), tensor([2], { requiresGrad: true })];
      const g = tensor([3]);
      [w.grad, v.grad] = [g, g];
      const f = wrap(() => stack([g, w.grad as Tensor, v.grad as Tensor]).mul(2));
      const first = f();
      w.grad = tensor([4]);
      const second = f();
      v.grad = tensor([5]);
      assign(g, tensor([6]));
      return [first, second, f()];
    });
  });
});
