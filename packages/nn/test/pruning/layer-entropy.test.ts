import { assign, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../../src/index.ts";

const { BatchNorm, Dense, pruning, ReLU, Sequential } = nn;

/** A norm with these γ and β. */
function normOf(gains: readonly number[], shifts: readonly number[]): nn.BatchNorm {
  const norm = new BatchNorm(gains.length, { dtype: "float64" });
  assign(norm.weight!, tensor(gains, { dtype: "float64" }));
  assign(norm.bias!, tensor(shifts, { dtype: "float64" }));
  return norm;
}

const entropyOf = (...norm: Parameters<typeof normOf>): number => pruning.layerEntropy(normOf(...norm))[0]!.entropy;

/** Simpson's rule for the density from 0 up to far out: P(z > 0) of N(β, γ²). */
function partAbove(gain: number, shift: number): number {
  const [steps, width] = [20_000, 12 * gain + Math.abs(shift)];
  const density = (z: number): number => Math.exp(-(((z - shift) / gain) ** 2) / 2) / (gain * Math.sqrt(2 * Math.PI));
  let sum = 0;
  for (let i = 0; i <= steps; i++) sum += (i === 0 || i === steps ? 1 : 2 + 2 * (i % 2)) * density((i / steps) * width);
  return (sum * width) / steps / 3;
}

describe("layerEntropy", () => {
  it("is the entropy of on and off, in bits, averaged over channels", () => {
    const [gains, shifts] = [[1, -0.5, 2, 0.3], [0.4, 0.7, -3, 0]]; // prettier-ignore
    const want = gains!.map((gain, i) => {
      const p = partAbove(Math.abs(gain), shifts![i]!);
      return -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
    });
    expect(entropyOf(gains!, shifts!)).toBeCloseTo(want.reduce((sum, each) => sum + each) / 4, 9);
    // By the authors' formula in PyTorch 1.13: -mean(p·log2 p + (1 − p)·log2(1 − p)), p = (1 + erf(−β/(|γ|·√2)))/2.
    expect(entropyOf([1, 0.5], [1, -0.25])).toBeCloseTo(0.7612804174423218, 6);
  });

  it("is 1 without an affine map, 0 for channels of gain 0, and finite far out", () => {
    expect(pruning.layerEntropy(new BatchNorm(3, { affine: false }))[0]!.entropy).toBeCloseTo(1, 14);
    expect([entropyOf([0], [0]), entropyOf([0], [-1]), entropyOf([0], [2]), entropyOf([0, 1], [0, 0])]).toEqual([0, 0, 0, 0.5]); // prettier-ignore
    expect([entropyOf([1e-300], [1]), entropyOf([1e-300], [-1])]).toEqual([0, 0]);
    // Either side alike, however far: neither probability is computed as 1 minus the other.
    expect(entropyOf([1], [9])).toBeCloseTo(entropyOf([1], [-9]), 30);
    expect(entropyOf([1], [9])).toBeGreaterThan(0);
  });

  it("ranks every norm of a model, lowest first, with the activation behind it", () => {
    const net = new Sequential(
      new Sequential(new Dense(2, 2), normOf([1, 1], [0, 0])),
      new nn.Identity(),
      new nn.GELU(),
      new nn.Residual(new Sequential(new Dense(2, 2), normOf([1, 1], [2, 2]))),
      new nn.DenseBatchNorm(2, 2, { activation: "relu" }),
      normOf([1, 1], [0.5, 0.5]),
      new nn.Softmax(),
      new nn.GhostBatchNorm(2, 2),
      new nn.LayerNorm(2),
      new nn.DenseBatchNorm(2, 2),
      new ReLU(),
    );
    expect(pruning.layerEntropy(net).map(({ name, activation }) => [name, activation])).toEqual([
      ["3.body.1", undefined],
      ["5", undefined],
      ["0.1", "2"],
      ["4.norm", "4.activation"],
      ["7", undefined],
      ["9.norm", "10"],
    ]);
  });
});

describe("the activation behind a norm", () => {
  const behind = (...rest: nn.Module[]): string | undefined =>
    pruning.layerEntropy(new Sequential(new BatchNorm(2), ...rest))[0]!.activation;

  it("is found behind identities and in other Sequentials, and is no other layer", () => {
    expect(behind(new nn.Activation("relu"))).toBe("1");
    expect(behind(new nn.Identity(), new Sequential(new nn.LeakyReLU()))).toBe("2.0");
    for (const Rectifier of [nn.CELU, nn.ELU, nn.GELU, nn.HardSwish, nn.LeakyReLU, nn.Mish, nn.PReLU, ReLU, nn.ReLU6, nn.SELU, nn.SiLU]) {
      expect(behind(new Rectifier()), Rectifier.name).toBe("1");
    } // prettier-ignore
    const hooked = new Sequential(new nn.Identity());
    hooked.registerForwardHook((_, __, y) => y.mul(2));
    expect(behind(hooked, new ReLU())).toBeUndefined();
    expect(behind(new nn.Tanh(), new ReLU())).toBeUndefined();
    expect(behind(new Dense(2, 2), new ReLU())).toBeUndefined();
    expect(behind()).toBeUndefined();
  });
});

describe("linearize", () => {
  const x = tensor([[-1, 2], [3, -4], [0.5, 1]], { dtype: "float64" }); // prettier-ignore
  const same = (a: Tensor, b: Tensor): void =>
    a.data.forEach((value, i) => expect(value).toBeCloseTo(b.data[i] ?? NaN, 12));

  it("leaves out the activation behind a norm, and folds to a linear map", () => {
    const dense = new Dense(2, 2, { dtype: "float64" });
    const net = new Sequential(dense, normOf([1, 2], [1, 0]), new ReLU(), new Dense(2, 1, { dtype: "float64" })).eval();
    const linear = new Sequential(dense, net.at(1)!, net.at(3)!);
    expect(net.forward(x).toArray()).not.toEqual(linear.forward(x).toArray());
    const keys = Object.keys(net.stateDict());
    expect(pruning.linearize(net, "1")).toBe(net);
    same(net.forward(x), linear.forward(x));
    expect(Object.keys(net.stateDict())).toEqual(keys);
    same(nn.fold(net).forward(x), net.forward(x));
    expect(pruning.layerEntropy(net)[0]!.activation).toBeUndefined();
  });

  it("leaves other uses of the same layer, and takes the activation of a DenseBatchNorm", () => {
    const relu = new ReLU();
    const net = new Sequential(new BatchNorm(2), relu, new Dense(2, 2), relu);
    pruning.linearize(net, "0");
    expect([net.at(1)!.constructor.name, net.at(3)]).toEqual(["Identity", relu]);
    const layer = new nn.DenseBatchNorm(2, 2, { activation: "relu" });
    pruning.linearize(layer, "norm");
    expect(layer.activation).toBeUndefined();
    expect(layer.details()).toBe("");
    expect(layer.eval().forward(tensor([[-5, 9], [5, -9]])).min().item()).toBeLessThan(0); // prettier-ignore
  });

  it.each<readonly [() => unknown, string]>([
    [() => pruning.linearize(new Sequential(new BatchNorm(2), new ReLU()), "1"), 'linearize: expected one of the norms 0, got "1".'],
    [() => pruning.linearize(new Sequential(new BatchNorm(2), new Dense(2, 2)), "0"), 'linearize: expected a norm right before an activation in a Sequential, or of a DenseBatchNorm, got "0". Replace the activation by an Identity where forward calls it.'],
    [() => pruning.linearize(new Sequential(), 0 as never), "linearize: expected one of the norms , got 0."],
    [() => pruning.layerEntropy(5 as never), "layerEntropy: expected model to be a module, got 5."],
  ])("error %#: %s", (run, message) => {
    expect(run).toThrow(message);
  }); // prettier-ignore
});
