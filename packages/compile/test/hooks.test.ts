import { checkpoint } from "@tapegrad/autograd";
import {
  Dense,
  type HookHandle,
  Module,
  registerModuleForwardHook,
  registerModuleForwardPreHook,
  registerModuleFullBackwardHook,
  registerModuleFullBackwardPreHook,
  Sequential,
  Tanh,
} from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { assign, Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { between } from "./between.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const leaf = (...data: number[]): Tensor => tensor(data, { requiresGrad: true, dtype: "float64" });
const double = (...data: number[]): Tensor => tensor(data, { dtype: "float64" });

describe("hooks of captured leaves", () => {
  it("registered and removed between calls count in the next", () => {
    expectSameAsEager((wrap) => {
      const [w, v] = [leaf(3, 4), leaf(0.5, -1)];
      const handles: HookHandle[] = [];
      const step = (x: Tensor): Tensor => {
        const y = x.mul(w).mul(v).sum();
        y.backward();
        return y;
      };
      return between(wrap, [w, v], step, [
        () => handles.push(w.registerHook((g) => g.mul(10))),
        () =>
          handles.push(
            v.registerHook((g) => g.clamp(-1, 1)),
            w.registerHook((g) => g.add(1)),
          ),
        () => handles.shift()!.remove(),
        () => handles.push(w.registerPostAccumulateGradHook((t) => (t.grad = t.grad!.neg()))),
        () => handles.splice(0).forEach((handle) => handle.remove()),
      ]);
    }, 0);
  });

  it("have the plan back that was made without them", () => {
    const w = leaf(3, 4);
    const step = compile((x: Tensor) => {
      w.grad = undefined;
      x.mul(w).sum().backward();
    });
    for (let i = 0; i < 3; i++) {
      step(double(1, 2));
      const handle = w.registerHook((g) => g.mul(2));
      handle.remove();
    }
    expect(step.builds).toBe(1);
    w.registerHook((g) => g.mul(2));
    step(double(1, 2));
    step(double(1, 2));
    expect([step.builds, w.grad!.toArray()]).toEqual([2, [2, 4]]);
  });

  it("have it back with those of optimizers, too", () => {
    const w = leaf(3, 4);
    const optimizer = new SGD([w], { lr: 0.1 });
    const step = compile((x: Tensor) => {
      w.grad = undefined;
      x.mul(w).sum().backward();
      optimizer.step();
    });
    for (let i = 0; i < 3; i++) {
      step(double(1, 2));
      optimizer.registerStepPreHook(() => undefined).remove();
    }
    expect(step.builds).toBe(1);
  });

  it("registered in the function are there after each call, also after one that fails", () => {
    expectSameAsEager((wrap) => {
      const w = leaf(3, 4);
      const step = wrap((x: Tensor) => {
        w.registerHook((g) => g.mul(2));
        x.mul(w).sum().backward();
      });
      const seen: unknown[] = [];
      for (let i = 0; i < 3; i++) {
        w.grad = undefined;
        step(double(1, 2));
        seen.push(snapshot(w.grad));
      }
      w.grad = undefined;
      w.mul(1).sum().backward();
      return [seen, w.grad];
    }, 0);
    const w = leaf(3, 4);
    const failing = compile((x: Tensor) => {
      w.registerHook((g) => g.mul(2));
      throw new Error(`stop ${x.ndim}`);
    });
    expect(() => failing(double(1))).toThrow("stop 1");
    w.sum().backward();
    expect(w.grad!.toArray()).toEqual([1, 1]);
  });

  it("step an optimizer on the way", () => {
    expectSameAsEager((wrap) => {
      const layer = new Dense(2, 1, { generator: new Generator(1), dtype: "float64" });
      const rate = tensor(0.1, { dtype: "float64" });
      const handles = layer.parameters().map((p) =>
        p.registerPostAccumulateGradHook((t) => {
          assign(t, t.detach().sub(t.grad!.mul(rate)));
          t.grad = undefined;
        }),
      );
      const step = wrap((x: Tensor) => {
        const loss = layer.forward(x).square().sum();
        loss.backward();
        return loss;
      });
      const losses = [1, 2, 3].map(() => step(tensor([[1, 2]], { dtype: "float64" })));
      handles[0]!.remove();
      const rest = [1, 2].map(() => step(tensor([[1, 2]], { dtype: "float64" })));
      return [losses, rest, layer.stateDict(), layer.weight.grad, layer.bias!.grad];
    }, 1e-12);
  });
});

describe("hooks of what a function computes", () => {
  it("work, with retainGrad, inputs and checkpoint, whatever changes between calls", () => {
    expectSameAsEager((wrap) => {
      const [w, gate] = [leaf(3, 4), new (class extends Module {
        factor = 2;
        keeps = true;
        only = false;
        override forward(x: Tensor): Tensor {
          const y = x.mul(w);
          y.registerHook((g) => g.mul(this.factor));
          if (this.keeps) y.retainGrad();
          const z = checkpoint((t) => t.exp(), y);
          z.sum().backward(undefined, this.only ? { inputs: [y] } : {});
          return y.grad === undefined ? y.detach() : y.grad;
        }
      })()]; // prettier-ignore
      return between(wrap, [w], (x) => gate.forward(x), [
        () => (gate.factor = 5),
        () => (gate.keeps = false),
        () => (gate.only = true),
        () => (gate.keeps = true),
      ]);
    }, 1e-12);
  });

  it("are those of each tensor, also where it is a captured one in another shape", () => {
    const w = leaf(3, 4);
    const step = compile((x: Tensor) => {
      const y = w.reshape([2, 1]).retainGrad();
      y.flatten().mul(x).sum().backward();
      return y.grad!;
    });
    for (let i = 1; i < 4; i++) expect(step(double(i, 2)).toArray()).toEqual([[i], [2]]); // prettier-ignore
    expect([step.builds, w.grad!.toArray()]).toEqual([2, [6, 6]]);
  });

  it("of arguments are refused, as are results that keep their gradient", () => {
    const w = leaf(3, 4);
    const step = compile((x: Tensor) => x.mul(w));
    const hooked = leaf(1, 2);
    const handle = hooked.registerHook(() => undefined);
    expect(() => step(hooked)).toThrow(
      "compile: expected arguments without hooks of their gradients, got tensor 0 of shape [2] with. " +
        "Capture it instead, or register the hook in the function, on what is computed of it.",
    );
    handle.remove();
    expect(step(hooked).toArray()).toEqual([3, 8]);
    const registers = compile((x: Tensor) => {
      x.registerHook((g) => g.mul(2));
      x.mul(w).sum().backward();
    });
    expect(() => registers(leaf(1, 2))).toThrow("compile: expected arguments without hooks of their gradients");
    const removes = compile((x: Tensor) => {
      const own = x.registerHook((g) => g.mul(2));
      x.mul(w).sum().backward();
      own.remove();
    });
    const argument = leaf(1, 2);
    removes(argument);
    expect(argument.grad!.toArray()).toEqual([6, 8]);
    const returns = compile((x: Tensor) => {
      const y = x.mul(w).retainGrad();
      y.sum().backward();
      return { y };
    });
    expect(() => returns(double(1, 2))).toThrow(
      "compile: expected results without retainGrad, got one of shape [2] with. " +
        "Return its detach(), and its grad as a further result.",
    );
  });
});

describe("hooks of modules", () => {
  const register: Readonly<Record<string, (net: Sequential, seed: number) => HookHandle>> = {
    "a forward hook before others": (net, seed) =>
      net.at(0)!.registerForwardHook((_, __, y) => y.add(seed), { prepend: true }),
    "a hook that is always called": (net, seed) =>
      net.registerForwardHook((_, __, y) => y?.mul(seed), { alwaysCall: true }),
    "a backward hook": (net, seed) => net.at(0)!.registerFullBackwardHook((_, [g]) => [g?.mul(seed)]),
    "a hook before backward": (net, seed) => net.registerFullBackwardPreHook((_, [g]) => [g!.mul(seed)]),
    "a hook of all modules": (_, seed) => registerModuleForwardHook((__, ___, y) => (y as Tensor).mul(seed)),
    "a hook before all modules": (_, seed) => registerModuleForwardPreHook((__, [x]) => [(x as Tensor).add(seed)]),
    "a backward hook of all modules": (_, seed) => registerModuleFullBackwardHook((__, [g]) => [g?.mul(seed)]),
    "a hook before backward of all modules": (_, seed) =>
      registerModuleFullBackwardPreHook((__, [g]) => [g!.mul(seed)]),
  };

  it.each(Object.keys(register))("%s, registered and removed between calls", (name) => {
    expectSameAsEager((wrap) => {
      const generator = new Generator(4);
      const net = new Sequential(new Dense(3, 3, { generator, dtype: "float64" }), new Tanh(), new Dense(3, 2, { generator, dtype: "float64" })); // prettier-ignore
      const optimizer = new SGD(net.parameters(), { lr: 0.1 });
      const step = wrap((x: Tensor) => {
        net.zeroGrad();
        const y = net.forward(x);
        y.square().sum().backward();
        optimizer.step();
        return y;
      });
      const handles: HookHandle[] = [];
      const inputs = randn([2, 3], { generator, dtype: "float64" }).requiresGrad_();
      // No input of the first layer requires gradients: a hook may replace nothing there.
      const first = name === "a backward hook of all modules" ? inputs.requiresGrad_() : inputs;
      const results = [0, 1, 2, 3, 4, 5].map((i) => {
        if (i === 1 || i === 3) handles.push(register[name]!(net, i + 1));
        if (i === 2 || i === 5) handles.shift()!.remove();
        first.grad = undefined;
        return [step(first), snapshot(first.grad)];
      });
      for (const handle of handles) handle.remove();
      return [results, net.stateDict()];
    }, 1e-10);
  });
});
