import { Dense } from "@tapegrad/nn";
import { clipGradAdaptive, clipGradNorm, clipGradRms, clipGradValue, clipPerExample, SGD } from "@tapegrad/optim";
import { assign, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { matrix } from "./matrix.ts";
import { bothWays, expectSameAsEager, snapshot } from "./same-as-eager.ts";

describe("compiled clipping", () => {
  it("of units, by root mean square and by example is the plain one", () => {
    expectSameAsEager((wrap) => {
      const p = matrix();
      const clip = wrap((g: Tensor) => {
        p.grad = g;
        clipGradAdaptive([p], 0.5);
        const adaptive = p.grad.mul(1);
        p.grad = g;
        clipGradRms([p], 0.5);
        const { sums, clipped } = clipPerExample([g, g.sum({ axis: 1 })], 2);
        return [adaptive, p.grad.mul(1), ...sums, clipped];
      });
      const gradients = [[0.1, 0.2, 3, 4], [0, 0, 0, 0], [1e30, 1, NaN, 0], [Infinity, 1, 1, 0]]; // prettier-ignore
      return gradients.map((g) => clip(tensor(g).reshape(2, 2)).map(snapshot));
    });
  });

  it("has the norm of large, small, infinite and repeated gradients", () => {
    expectSameAsEager((wrap) => {
      const [p, q] = [0, 1].map(() => tensor([0, 0], { dtype: "float64", requiresGrad: true })) as [Tensor, Tensor];
      const clip = wrap((g: Tensor, normType: number) => {
        p.grad = g;
        q.grad = g.mul(0.5);
        return clipGradNorm([p, q, p], 1, { normType });
      });
      const seen = [];
      for (const normType of [1, 2, 3, Infinity]) {
        for (const size of [1, 1e200, 1e-200, Infinity, NaN, 0]) {
          seen.push(clip(tensor([3, 4 * size], { dtype: "float64" }), normType), snapshot(p.grad), snapshot(q.grad));
          seen.push(clip(tensor([3 * size, 4 * size], { dtype: "float64" }), normType).mul(1 / size));
        }
      }
      return seen;
    });
  });

  it("refuses what was walked before", () => {
    const w = matrix();
    w.grad = matrix().detach();
    for (const wrap of bothWays) {
      const used = [w].values();
      Array.from(used);
      expect(() => wrap(() => void clipGradNorm(used, 1))()).toThrow(ValueError);
      expect(() => wrap(() => clipGradValue(used, 1))()).toThrow("clipGradValue: expected at least one parameter");
    }
  });

  it("walks the parameters of a module, taken once, in every call", () => {
    expectSameAsEager((wrap) => {
      const net = new Dense(1, 1);
      assign(net.weight, tensor([[2]]));
      const params = net.parameters();
      const optimizer = new SGD(params);
      const step = wrap((x: Tensor) => {
        optimizer.zeroGrad();
        net.forward(x).sum().backward();
        return clipGradNorm(params, 1);
      });
      return [1e6, 10, 0.1].map((x) => [step(tensor([[x]])), snapshot(net.weight.grad), snapshot(net.bias?.grad)]);
    });
  });
});
