import { grad } from "@tapegrad/autograd";
import { cat, Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { batchNorm, groupNorm, instanceNorm, layerNorm, linear, rmsNorm } from "../../src/functional.ts";
import { numbers, parameters, relativeError } from "./norm-case.ts";

const [rows, features] = [6, 5];
const eps = 1e-2;
const generator = new Generator(91);
const draw = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator });
const x = draw(rows, features).mul(0.3).add(0.2);
const dy = draw(rows, features);
const [weight, bias] = parameters([features], 92);
const g = dy.mul(weight);

function inputGradient(f: (x: Tensor) => Tensor): Tensor {
  const leaf = x.detach().requiresGrad_();
  return grad(f(leaf), [leaf], { cotangent: dy })[0]!;
}

function expectSame(got: Tensor, want: Tensor, tolerance: number = 1e-12): void {
  expect(got.shape).toEqual(want.shape);
  expect(relativeError(got.data, numbers(want))).toBeLessThan(tolerance);
}

describe("the gradient by the input, for any eps", () => {
  for (const [name, axis, norm] of [
    ["LayerNorm", 1, (at: Tensor): Tensor => layerNorm(at, features, { weight, bias, eps })],
    ["BatchNorm", 0, (at: Tensor): Tensor => batchNorm(at, { weight, bias, eps })],
  ] as const) {
    const over = { axis, keepDims: true };
    const dx = inputGradient(norm);
    const centred = x.sub(x.mean(over));
    const variance = centred.square().mean(over);
    const rstd = variance.add(eps).rsqrt();
    const xhat = centred.mul(rstd);

    it(`${name}: Σ dx = 0`, () => {
      expect(dx.sum(over).abs().max().item()).toBeLessThan(1e-13);
    });

    it(`${name}: Σ dx·x̂ = r · Σ g·x̂ · ε / (σ² + ε)`, () => {
      const want = rstd.mul(g.mul(xhat).sum(over)).mul(eps).div(variance.add(eps));
      expectSame(dx.mul(xhat).sum(over), want);
      expect(want.abs().min().item()).toBeGreaterThan(1e-6);
    });
  }

  it("RMSNorm: Σ dx·x = Σ g·x̂ · ε / (⟨x²⟩ + ε)", () => {
    const over = { axis: 1, keepDims: true };
    const dx = inputGradient((at) => rmsNorm(at, features, { weight, eps }));
    const moment = x.square().mean(over);
    const xhat = x.mul(moment.add(eps).rsqrt());
    expectSame(dx.mul(x).sum(over), g.mul(xhat).sum(over).mul(eps).div(moment.add(eps)));
    expect(dx.sum(over).abs().max().item()).toBeGreaterThan(1e-3);
  });
});

describe("structure", () => {
  it("LN(X) = BN(Xᵀ)ᵀ", () => {
    expectSame(layerNorm(x, features, { eps }), batchNorm(x.transpose(), { eps }).transpose());
  });

  it("RMSNorm of centred rows = LayerNorm", () => {
    const centred = x.sub(x.mean({ axis: 1, keepDims: true }));
    expectSame(rmsNorm(centred, features, { eps }), layerNorm(x, features, { eps }));
  });

  it("LayerNorm over all but the batch = LayerNorm of the flattened samples", () => {
    const image = draw(3, 2, 4, 2);
    expectSame(layerNorm(image, [2, 4, 2]).flatten(), layerNorm(image.reshape([3, 16]), 16).flatten());
  });

  it("BatchNorm of [N, C, H, W] = BatchNorm of [N·H·W, C]", () => {
    const image = draw(3, 2, 4, 2);
    const flat = image.permute([0, 2, 3, 1]).reshape([24, 2]);
    expectSame(batchNorm(image), batchNorm(flat).reshape([3, 4, 2, 2]).permute([0, 3, 1, 2]));
  });

  it("GroupNorm of one group = LayerNorm over all but the batch", () => {
    const image = draw(3, 4, 2, 3);
    expectSame(groupNorm(image, 1, { eps }), layerNorm(image, [4, 2, 3], { eps }));
  });

  it("GroupNorm of a group per channel = InstanceNorm = BatchNorm of one sample at a time", () => {
    const image = draw(3, 4, 2, 3);
    const instances = instanceNorm(image, { eps });
    expectSame(groupNorm(image, 4, { eps }), instances);
    const apart = [0, 1, 2].map((i) => batchNorm(image.slice([i, i + 1]), { eps }));
    expectSame(cat(apart), instances);
  });

  it("GroupNorm of a permutation within the groups = the permuted GroupNorm", () => {
    const image = draw(2, 4, 3);
    const swap = (t: Tensor): Tensor => t.reshape([2, 2, 2, 3]).flip([2]).reshape([2, 4, 3]);
    expectSame(groupNorm(swap(image), 2, { eps }), swap(groupNorm(image, 2, { eps })));
  });

  it("InstanceNorm with momentum 1 keeps the average of the instances' statistics", () => {
    const image = draw(3, 2, 5);
    const [runningMean, runningVar] = [draw(2), draw(2)];
    instanceNorm(image, { runningMean, runningVar, training: true, momentum: 1 });
    expectSame(runningMean, image.mean({ axis: 2 }).mean({ axis: 0 }));
    expectSame(runningVar, image.variance({ axis: 2 }).mean({ axis: 0 }));
  });

  it("LayerNorm rows do not see each other, BatchNorm rows do", () => {
    const other = x.slice([0, 1]).mul(3).add(1);
    const replaced = (norm: (t: Tensor) => Tensor): Tensor => norm(cat([other, x.slice([1, rows])])).slice([1, rows]);
    expectSame(
      replaced((t) => layerNorm(t, features)),
      layerNorm(x, features).slice([1, rows]),
      1e-15,
    );
    const change = relativeError(replaced((t) => batchNorm(t)).data, numbers(batchNorm(x).slice([1, rows])));
    expect(change).toBeGreaterThan(1e-3);
  });

  it("BatchNorm in evaluation = the affine map folded into the layer before", () => {
    const [runningVar, runningMean] = parameters([features], 93);
    const [w, b] = [draw(features, features), draw(features)];
    const variance = runningVar.square();
    const scale = weight.div(variance.add(eps).sqrt());
    const folded = linear(x, w.mul(scale.unsqueeze(1)), bias.add(b.sub(runningMean).mul(scale)));
    const norm = { runningMean, runningVar: variance, training: false, weight, bias, eps };
    expectSame(batchNorm(linear(x, w, b), norm), folded);
  });

  it("BatchNorm in evaluation can be the identity: γ = √(σ² + ε), β = μ", () => {
    const [deviation, runningMean] = parameters([features], 94);
    const runningVar = deviation.square();
    const gamma = runningVar.add(eps).sqrt();
    expectSame(batchNorm(x, { runningMean, runningVar, training: false, weight: gamma, bias: runningMean, eps }), x);
  });

  it("two samples become ±1, so BatchNorm keeps only their order", () => {
    const y = numbers(batchNorm(draw(2, 4), { eps: 0 }));
    for (const value of y) expect(Math.abs(Math.abs(value) - 1)).toBeLessThan(1e-14);
  });

  it("|x̂| ≤ √(n − 1), and √n without centring", () => {
    const spike = x.mul(0);
    const outlier = cat([spike.slice([0, 5]), spike.slice([5, 6]).add(1e6)]);
    expect(batchNorm(outlier, { eps: 0 }).abs().max().item()).toBeCloseTo(Math.sqrt(rows - 1), 12);
    expect(rmsNorm(outlier.transpose(), rows, { eps: 0 }).abs().max().item()).toBeCloseTo(Math.sqrt(rows), 12);
  });
});
