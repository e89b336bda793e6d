import { cat, Generator, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional, MixtureNorm } from "../../src/index.ts";
import { numbers, relativeError } from "./norm-case.ts";

const { batchNorm, clusterNorm, mixtureNorm, unsupervisedClusterNorm } = functional;
const generator = new Generator(9);
const draw = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator });
/** Two modes in each channel, one of them three times as large as the other. */
const modes = cat([draw(30, 2).mul(0.5).add(-7), draw(10, 2).mul(0.2).add(5)]);

describe("mixtureNorm", () => {
  it("of one component is batchNorm", () => {
    expect(relativeError(mixtureNorm(modes, 1).data, numbers(batchNorm(modes)))).toBeLessThan(1e-13);
    const norm = new MixtureNorm(2, 1, { dtype: "float64", momentum: 1, eps: 0.5 });
    const y = norm.forward(modes);
    expect(relativeError(y.data, numbers(batchNorm(modes, { eps: 0.5 })))).toBeLessThan(1e-13);
    expect(relativeError(norm.eval().forward(modes).data, numbers(y))).toBeLessThan(1e-13);
    const [wanted, variance] = [
      modes.mean({ axis: 0 }),
      modes
        .sub(modes.mean({ axis: 0 }))
        .square()
        .mean({ axis: 0 }),
    ];
    expect(relativeError(norm.runningMean.data, numbers(wanted))).toBeLessThan(1e-13);
    expect(relativeError(norm.runningVar.data, numbers(variance))).toBeLessThan(1e-13);
  });

  it("finds modes that are apart, and standardizes each by itself", () => {
    const norm = new MixtureNorm(2, 2, { dtype: "float64", momentum: 1, iterations: 10, eps: 0 });
    const y = norm.forward(modes);
    expect(relativeError(norm.runningPrior.data, [0.75, 0.75, 0.25, 0.25])).toBeLessThan(1e-9);
    const wanted = [modes.slice([0, 30]), modes.slice([30, 40])].map((mode, k) =>
      batchNorm(mode, { eps: 0 }).div(Math.sqrt([0.75, 0.25][k]!)),
    );
    expect(relativeError(y.data, numbers(cat(wanted)))).toBeLessThan(1e-9);
    // By the running mixture, which is that of this batch alone.
    expect(relativeError(norm.eval().forward(modes).data, numbers(y))).toBeLessThan(1e-9);
  });

  it("follows its batches", () => {
    const [slow, fast] = [0.3, 1].map((momentum) => new MixtureNorm(2, 2, { dtype: "float64", momentum })) as [
      MixtureNorm,
      MixtureNorm,
    ];
    const keys = ["runningPrior", "runningMean", "runningVar"] as const;
    let wanted = keys.map((key) => slow[key].clone());
    for (const scale of [1, 2, 3]) {
      [slow, fast].forEach((norm) => norm.forward(modes.mul(scale)));
      wanted = wanted.map((all, i) => all.mul(0.7).add(fast[keys[i]!].mul(0.3)));
      keys.forEach((key, i) => expect(relativeError(slow[key].data, numbers(wanted[i]!))).toBeLessThan(1e-14));
    }
  });

  it("keeps its digits in float32 far from 0, and is finite where nothing varies or a component is empty", () => {
    const far = modes.add(4096).to("float32");
    const near = far.to("float64").sub(4096);
    expect(relativeError(mixtureNorm(far, 2).data, numbers(mixtureNorm(near, 2)))).toBeLessThan(1e-6);
    expect(mixtureNorm(modes.mul(0), 3).abs().max().item()).toBe(0);
    const outlier = tensor([0, 0, 0, 0, 0, 0, 0, 1e6]).unsqueeze(1);
    expect(numbers(mixtureNorm(outlier, 5, { iterations: 20 })).every(Number.isFinite)).toBe(true);
  });
});

describe("unsupervisedClusterNorm", () => {
  const rows = (values: number[]): Tensor => tensor(values, { dtype: "float64" }).unsqueeze(1);

  it("of one cluster is clusterNorm", () => {
    const [mean, s] = [draw(1, 2), draw(1, 2)];
    const want = clusterNorm(modes, tensor(Array<number>(40).fill(0), { dtype: "int32" }), mean, s);
    expect(relativeError(unsupervisedClusterNorm(modes, draw(1, 2), mean, s).data, numbers(want))).toBeLessThan(1e-13);
  });

  it("weighs by densities, which have their factor 1/σ", () => {
    // At its mean, the narrow one of two is likelier by the ratio of the deviations.
    const y = unsupervisedClusterNorm(rows([1]), rows([0, 0]), rows([1, 0]), rows([0, Math.log(4)]), { eps: 0 });
    const wide = Math.exp(-1 / 32) / 4;
    expect(y.item()).toBeCloseTo(((Math.SQRT2 * wide) / (1 + wide)) * 0.25, 14);
  });

  it("is exact far from all clusters, and for clusters of nothing", () => {
    const y = unsupervisedClusterNorm(rows([1e3, -1e3]), rows([0, 0]), rows([1, -1]), rows([0, 0]), { eps: 0 });
    expect(relativeError(y.data, [999 * Math.SQRT2, -999 * Math.SQRT2])).toBeLessThan(1e-14);
    const none = unsupervisedClusterNorm(
      tensor([[0.5]]),
      tensor([[0], [-400]]),
      tensor([[0], [0]]),
      tensor([[0], [0]]),
    );
    expect(none.item()).toBeCloseTo(0.5 / 1.001, 6);
  });
});
