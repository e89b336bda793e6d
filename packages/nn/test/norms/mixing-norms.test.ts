import { assign, eye, Generator, ones, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { applyConstraints, BatchInstanceNorm, functional, Parameter, SwitchableNorm } from "../../src/index.ts";
import { standardized } from "./channel-values.ts";
import { disturbed, expectDerivatives, numbers, relativeError } from "./norm-case.ts";

const { batchInstanceNorm, batchNorm, instanceNorm, layerNorm, switchableNorm } = functional;
const generator = new Generator(167);
const draw = (...of: readonly number[]): Tensor => randn(of, { dtype: "float64", generator });
const batches = Array.from({ length: 3 }, () => draw(4, 3, 2).mul(2).add(0.7)); // prettier-ignore
const made = { dtype: "float64", momentum: 0.3, eps: 0.1 } as const;

describe("SwitchableNorm and BatchInstanceNorm", () => {
  const unusual = { ...made, runningVariance: "biased" } as const;

  it("follow the channels as BatchNorm does, whatever they mix", () => {
    const reference = [made, unusual].map((options) => functionalState(options));
    for (const make of [SwitchableNorm, BatchInstanceNorm]) {
      [made, unusual].forEach((options, i) => {
        const norm = disturbed(new make(3, options));
        for (const batch of batches) norm.forward(batch);
        expect(relativeError(norm.runningMean!.data, numbers(reference[i]!.runningMean))).toBeLessThan(1e-14);
        expect(relativeError(norm.runningVar!.data, numbers(reference[i]!.runningVar))).toBeLessThan(1e-13);
        expect(norm.numBatchesTracked!.item()).toBe(3);
      });
    }
  });

  /** The running statistics of batchNorm over all batches. */
  function functionalState({ momentum, ...rest }: typeof made | typeof unusual): { runningMean: Tensor; runningVar: Tensor } {
    const running = { runningMean: zeros([3], { dtype: "float64" }), runningVar: ones([3], { dtype: "float64" }) };
    const runningVariance = "runningVariance" in rest ? rest.runningVariance : "unbiased";
    for (const batch of batches) batchNorm(batch, { ...running, training: true, momentum, runningVariance });
    return running;
  } // prettier-ignore

  const runningMean = draw(3);
  const runningVar = draw(3).square().add(0.5);
  const running = { runningMean, runningVar, training: false, eps: 0.1 };

  it("evaluate by the running statistics in place of those of the batch, in loops", () => {
    const x = batches[0]!;
    const values = numbers(x);
    const [rho, means, variances] = [draw(3), draw(3), draw(3)] as const;
    const shares = [means, variances].map((t) => numbers(t.softmax())) as [number[], number[]];
    const instances = Array.from({ length: 12 }, (_, i) => standardized(values, [2 * i, 2 * i + 1]));
    const samples = Array.from({ length: 4 }, (_, n) => standardized(values, [0, 1, 2, 3, 4, 5].map((k) => 6 * n + k)));
    const want = values.map((value, at) => {
      const [instance, sample, c] = [instances[Math.floor(at / 2)]!, samples[Math.floor(at / 6)]!, Math.floor(at / 2) % 3];
      const [mean, variance] = [runningMean.data[c]!, runningVar.data[c]!];
      const mix = (w: number[], of: [number, number, number]): number => w[0]! * of[0] + w[1]! * of[1] + w[2]! * of[2];
      const switched = (value - mix(shares[0], [instance.mean, sample.mean, mean])) / Math.sqrt(mix(shares[1], [instance.moment, sample.moment, variance]) + 0.1);
      const share = rho.data[c]!;
      const gated = (share * (value - mean)) / Math.sqrt(variance + 0.1) + ((1 - share) * (value - instance.mean)) / Math.sqrt(instance.moment + 0.1);
      return [switched, gated] as const;
    });
    expect(relativeError(switchableNorm(x, means, variances, running).data, want.map(([y]) => y))).toBeLessThan(1e-14);
    expect(relativeError(batchInstanceNorm(x, rho, running).data, want.map(([, y]) => y))).toBeLessThan(1e-14);
    expectDerivatives((at, a, b, weight, bias) => switchableNorm(at!, a!, b!, { ...running, weight, bias }), [x, means, variances, draw(3), draw(3)]);
    expectDerivatives((at, a, weight, bias) => batchInstanceNorm(at!, a!, { ...running, weight, bias }), [x, rho, draw(3), draw(3)]);
  }); // prettier-ignore

  it("hand their options and all that they train on", () => {
    const switched = disturbed(new SwitchableNorm(3, unusual));
    const gated = disturbed(new BatchInstanceNorm(3, unusual));
    for (const training of [true, false]) {
      for (const norm of [switched, gated]) norm.train(training);
      const [one, other] = [switched, gated].map(({ weight, bias, runningMean, runningVar }) => ({
        ...{ weight, bias, training, eps: 0.1 },
        ...{ runningMean: runningMean!.detach().clone(), runningVar: runningVar!.detach().clone() },
      }));
      const x = batches[1]!;
      expect(switched.forward(x).toArray()).toEqual(switchableNorm(x, switched.meanWeight, switched.varianceWeight, one!).toArray());
      expect(gated.forward(x).toArray()).toEqual(batchInstanceNorm(x, gated.rho, other!).toArray());
    }
  }); // prettier-ignore

  it("are BatchNorm and InstanceNorm at the ends of their mixtures", () => {
    const x = batches[0]!;
    const only = (k: number): Tensor => eye(3, 3, { dtype: "float64" }).slice(k).mul(800);
    expect(relativeError(switchableNorm(x, only(0), only(0)).data, numbers(instanceNorm(x)))).toBeLessThan(1e-14);
    expect(relativeError(switchableNorm(x, only(1), only(1)).data, numbers(layerNorm(x, [3, 2])))).toBeLessThan(1e-14);
    expect(relativeError(switchableNorm(x, only(2), only(2)).data, numbers(batchNorm(x)))).toBeLessThan(1e-14);
    expect(relativeError(batchInstanceNorm(x, ones([3], { dtype: "float64" })).data, numbers(batchNorm(x)))).toBeLessThan(1e-14);
    expect(batchInstanceNorm(x, zeros([3], { dtype: "float64" })).toArray()).toEqual(instanceNorm(x).toArray());
  }); // prettier-ignore

  it("ρ stays in [0, 1] by applyConstraints, in a copy too, and can leave its ends", () => {
    const norm = new BatchInstanceNorm(2).clone();
    assign(norm.rho, ones([2]).mul(-0.5));
    applyConstraints(norm);
    expect(norm.rho.toArray()).toEqual([0, 0]);
    expect(norm.rho).toBeInstanceOf(Parameter);
    const x = batches[0]!.slice([], [0, 2]).to("float32");
    norm.forward(x).backward(x);
    expect(norm.rho.grad!.abs().min().item()).toBeGreaterThan(1e-3);
  });
});
