import "@tapegrad/autograd";
import { Dense, Module, parametrizations, parametrize } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { assign, Generator, ones, randn, type Tensor, tensor, triu } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager } from "./same-as-eager.ts";

class Symmetric extends Module<[x: Tensor]> {
  override forward(x: Tensor): Tensor {
    return triu(x).add(triu(x, 1).transpose());
  }
  rightInverse(value: Tensor): Tensor {
    return triu(value);
  }
}

class Exp extends Module<[x: Tensor]> {
  static calls = 0;
  override forward(x: Tensor): Tensor {
    Exp.calls++;
    return x.exp();
  }
}

const dense = (): Dense => {
  const layer = new Dense(3, 3, { generator: new Generator(3), dtype: "float64" });
  return layer;
};
const x = randn([4, 3], { generator: new Generator(1), dtype: "float64" });

describe("parametrizations in compiled functions", () => {
  it("come and go, grow, are assigned to and loaded between two calls", () => {
    expectSameAsEager((wrap) => {
      const layer: Dense & Partial<parametrize.Parametrized<"weight">> = dense();
      const f = wrap((y: Tensor) => layer.forward(y));
      const read = wrap(() => layer.weight.sum({ axis: 0 }));
      const seen = (): unknown => [f(x), layer.parametrizations === undefined ? 0 : read()];
      return [
        seen(),
        (parametrize.registerParametrization(layer, "weight", new Symmetric()), seen()),
        (parametrize.registerParametrization(layer, "weight", new Exp()), seen()),
        (assign(layer.parametrizations!.weight.original!, tensor(1).broadcastTo([3, 3]).to("float64")), seen()),
        (layer.parametrizations!.weight.set(1, new Symmetric()), seen()),
        ((layer.weight = randn([3, 3], { generator: new Generator(5), dtype: "float64" }) as never), seen()),
        (parametrize.removeParametrizations(layer, "weight"), seen()),
        (parametrizations.weightNorm(layer), seen()),
        (assign(layer.parametrizations!.weight.original0!, ones([3, 1], { dtype: "float64" })), seen()),
        (parametrize.removeParametrizations(layer, "weight"), seen()),
      ];
    });
  });

  it("train, and improve singular vectors once for each reading in training mode", () => {
    expectSameAsEager((wrap) => {
      const layer = parametrizations.spectralNorm(dense(), { generator: new Generator(2) });
      const bound = parametrizations.weightNorm(dense());
      const optimizer = new SGD([...layer.parameters(), ...bound.parameters()], { lr: 0.1 });
      const step = wrap((y: Tensor) => {
        optimizer.zeroGrad();
        const loss = bound.forward(layer.forward(y).tanh()).square().mean();
        loss.backward();
        optimizer.step();
        return loss;
      });
      const state = (): Tensor[] => [...layer.parameters(), ...layer.buffers(), ...bound.parameters()].map((t) => t.detach().clone());
      const seen: unknown[] = [];
      for (let i = 0; i < 4; i++) {
        if (i === 2) layer.eval();
        seen.push([step(x), state()]);
      }
      return seen;
    });
  }); // prettier-ignore

  it("are read anew by another module of the same parameter", () => {
    expectSameAsEager((wrap) => {
      const layer = parametrize.registerParametrization(dense(), "weight", new Exp());
      const read = wrap(() => layer.weight.sum({ axis: 0 }));
      const before = read();
      parametrize.removeParametrizations(layer, "weight", { leaveParametrized: false });
      parametrize.registerParametrization(layer, "weight", new Symmetric());
      return [before, read()];
    });
  });

  it("do not take what was computed outside of the function", () => {
    expectSameAsEager((wrap) => {
      const layer = parametrize.registerParametrization(dense(), "weight", new Exp());
      const f = wrap((y: Tensor) => layer.forward(y));
      return [1, 2, 3].map((factor) =>
        parametrize.cached(() => {
          const outside = layer.weight.mul(1);
          const y = f(x);
          assign(layer.parametrizations.weight.original!, layer.weight.detach().mul(0.1 * factor));
          return [outside, y];
        }),
      );
    });
  });

  it("are computed once inside cached, inside and outside of the function", () => {
    expectSameAsEager((wrap) => {
      const layer = parametrize.registerParametrization(dense(), "weight", new Exp());
      const original = layer.parametrizations.weight.original!;
      const twice = (y: Tensor): Tensor => layer.forward(layer.forward(y).mul(0.01));
      const inside = wrap((y: Tensor) =>
        parametrize.cached(() => {
          const z = twice(y);
          assign(original, original.detach().mul(0.5));
          return z.add(twice(y));
        }),
      );
      const plain = wrap(twice);
      return [
        inside(x),
        inside(x),
        parametrize.cached(() => [plain(x), (assign(original, original.detach().sub(1)), plain(x))]),
        plain(x),
      ];
    });
    const layer = parametrize.registerParametrization(dense(), "weight", new Exp());
    const f = compile((y: Tensor) => layer.forward(layer.forward(y)));
    Exp.calls = 0;
    f(x);
    expect(Exp.calls).toBe(2);
    parametrize.cached(() => [f(x), f(x)]);
    expect(Exp.calls).toBe(3);
    f(x);
    expect(Exp.calls).toBe(3);
  });
});
