import { defineFunction, gradcheck, type GradcheckOptions } from "@tapegrad/autograd";
import { assign, Generator, ones, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { batchNorm, instanceNorm, layerNorm, rmsNorm } from "../../src/functional.ts";
import {
  channelGroups,
  channelIndex,
  naiveForward,
  type NaiveNorm,
  type ParameterIndex,
  rowGroups,
  rowIndex,
} from "./naive-norm.ts";
import { numbers, parameters, relativeError } from "./norm-case.ts";

const eps = 1e-5;

/** A norm to judge: the real one, or one with a bug. */
type Norm = (x: Tensor, weight: Tensor, bias: Tensor) => Tensor;

interface Subject {
  readonly real: Norm;
  readonly shape: readonly number[];
  readonly axes: readonly number[];
  readonly center: boolean;
  readonly naive: NaiveNorm;
  readonly index: ParameterIndex;
  readonly parameterShape: readonly number[];
}

const subjects: Readonly<Record<string, Subject>> = {
  BatchNorm: subject([3, 2, 2, 2], (x, weight, bias) => batchNorm(x, { weight, bias, eps }), true, true),
  InstanceNorm: {
    ...subject([3, 2, 2, 2], (x, weight, bias) => instanceNorm(x, { weight, bias, eps }), true, true),
    axes: [2, 3],
    naive: { groups: rowGroups([3, 2, 2, 2], 2), center: true, eps },
  },
  LayerNorm: subject([3, 4], (x, weight, bias) => layerNorm(x, 4, { weight, bias, eps }), false, true),
  RMSNorm: subject([3, 4], (x, weight, bias) => rmsNorm(x, 4, { weight, bias, eps }), false, false),
};

function subject(shape: readonly number[], real: Norm, channels: boolean, center: boolean): Subject {
  return {
    real,
    shape,
    axes: channels ? shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])) : [shape.length - 1],
    center,
    naive: { groups: channels ? channelGroups(shape) : rowGroups(shape, 1), center, eps },
    index: channels ? channelIndex(shape) : rowIndex(shape, 1),
    parameterShape: [channels ? (shape[1] ?? 0) : (shape.at(-1) ?? 0)],
  };
}

/** Inputs scaled by 1e-2, so that eps has its share in every gradient. */
function inputsOf({ shape, parameterShape }: Subject): [Tensor, Tensor, Tensor] {
  const x = randn(shape, { dtype: "float64", generator: new Generator(71) }).mul(0.01);
  return [x, ...parameters(parameterShape, 72)];
}

/** The check of values: throws unless `norm` agrees with loops over numbers. */
function checkValues(norm: Norm, at: Subject): void {
  const [x, weight, bias] = inputsOf(at);
  const want = naiveForward(numbers(x), at.naive, at.index, numbers(weight), numbers(bias));
  expect(relativeError(norm(x, weight, bias).data, want)).toBeLessThan(1e-12);
}

/** The check of gradients: throws unless those of `norm` agree with finite differences. */
function checkGradients(norm: Norm, at: Subject, options: GradcheckOptions = {}): void {
  gradcheck(norm, inputsOf(at), options);
}

/** γ and β as they broadcast to the input. */
function fit(vector: Tensor, { shape, axes }: Subject): Tensor {
  return axes.length > 1 ? vector.reshape(shape.map((extent, axis) => (axis === 1 ? extent : 1))) : vector;
}

/** The norm in elementary operations, with a change at one place. */
interface Change {
  readonly mean?: (mean: Tensor) => Tensor;
  readonly deviation?: (deviation: Tensor) => Tensor;
  readonly axes?: readonly number[];
  readonly correction?: number;
  readonly outsideEps?: boolean;
}

function changed(at: Subject, change: Change): Norm {
  const keep = (t: Tensor): Tensor => t;
  const { mean: onMean = keep, deviation: onDeviation = keep, axes = at.axes, correction = 0 } = change;
  const over = { axis: axes, keepDims: true };
  return (x, weight, bias) => {
    const centred = at.center ? x.sub(onMean(x.mean(over))) : x;
    const count = axes.reduce((n, axis) => n * (at.shape[axis] ?? 0), 1) - correction;
    const moment = centred.square().sum(over).div(count);
    const deviation = change.outsideEps === true ? moment.sqrt().add(eps) : moment.add(eps).sqrt();
    return centred.div(onDeviation(deviation)).mul(fit(weight, at)).add(fit(bias, at));
  };
}

/** What a backward pass by hand has at its disposal. */
interface Saved {
  readonly dy: Tensor;
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly xhat: Tensor;
  readonly rstd: Tensor;
  readonly variance: Tensor;
  readonly mean: (t: Tensor) => Tensor;
  readonly total: (t: Tensor) => Tensor;
}

type Gradients = (saved: Saved) => { dx?: Tensor; dWeight?: Tensor; dBias?: Tensor };

/** The norm with the right forward and the closed backward, of which `wrong` replaces parts. */
function byHand(at: Subject, wrong: Gradients): Norm {
  const over = { axis: at.axes, keepDims: true };
  const apart = at.shape
    .map((_, axis) => axis)
    .filter((axis) => (at.axes.length > 1 ? axis !== 1 : axis !== at.axes[0]));
  const total = (t: Tensor): Tensor => t.sum({ axis: apart });
  return (input, gamma, beta) =>
    defineFunction({
      name: "byHand",
      forward: (ctx, x: Tensor, weight: Tensor, bias: Tensor) => {
        ctx.save(x, weight);
        return changed(at, {})(x, weight, bias);
      },
      backward: (ctx, dy: Tensor | undefined) => {
        const [x, weight] = ctx.saved as readonly [Tensor, Tensor];
        if (dy === undefined) return [];
        const mean = (t: Tensor): Tensor => t.mean(over);
        const centred = at.center ? x.sub(mean(x)) : x;
        const variance = mean(centred.square());
        const rstd = variance.add(eps).rsqrt();
        const xhat = centred.mul(rstd);
        const saved = { dy, x, weight, xhat, rstd, variance, mean, total };
        const { dx = closed(saved, at), dWeight = total(dy.mul(xhat)), dBias = total(dy) } = wrong(saved);
        return [dx, dWeight, dBias];
      },
    })(input, gamma, beta);
}

function closed({ dy, weight, xhat, rstd, mean }: Saved, at: Subject, r: Tensor = rstd, hat: Tensor = xhat): Tensor {
  const g = dy.mul(fit(weight, at));
  const centred = at.center ? g.sub(mean(g)) : g;
  return centred.sub(hat.mul(mean(g.mul(hat)))).mul(r);
}

describe.each(Object.entries(subjects))("%s", (name, at) => {
  const detach = (t: Tensor): Tensor => t.detach();

  it("passes both checks, as do its two other forms", () => {
    for (const norm of [at.real, changed(at, {}), byHand(at, () => ({}))]) {
      checkValues(norm, at);
      checkGradients(norm, at);
    }
    checkGradients(at.real, at, { order: 2 });
  });

  const wrongValues: [string, Change][] = [
    ["the unbiased variance in the normaliser", { correction: 1 }],
    ["a wrong axis", { axes: name === "BatchNorm" ? [1] : [0] }],
    ["a wrong count, only the batch", { axes: name === "BatchNorm" ? [0] : [0, 1] }],
    ["eps outside the root", { outsideEps: true }],
  ];
  it.each(wrongValues)("fails the check of values with %s", (_, change) => {
    expect(() => checkValues(changed(at, change), at)).toThrow(/expected/);
  });

  const detached: [string, Change][] = [["σ detached", { deviation: detach }]];
  if (at.center)
    detached.push(["μ detached", { mean: detach }], ["both detached", { mean: detach, deviation: detach }]);
  it.each(detached)("keeps its values and fails the check of gradients with %s", (_, change) => {
    checkValues(changed(at, change), at);
    expect(() => checkGradients(changed(at, change), at)).toThrow(/expected the gradient of input 0/);
  });

  const wrongGradients: [string, Gradients, RegExp][] = [
    ["eps missing in r", (s) => ({ dx: closed(s, at, s.variance.rsqrt()) }), /gradient of input 0/],
    [
      "eps missing in x̂",
      (s) => ({ dx: closed(s, at, s.rstd, s.xhat.div(s.rstd).mul(s.variance.rsqrt())) }),
      /gradient of input 0/,
    ],
    ["another eps", (s) => ({ dx: closed(s, at, s.variance.add(eps * 1.01).rsqrt()) }), /gradient of input 0/],
    ["r rounded to float32", (s) => ({ dx: closed(s, at, s.rstd.to("float32").to("float64")) }), /gradient of input 0/],
    ["γ left out of dx", (s) => ({ dx: closed({ ...s, weight: s.weight.mul(0).add(1) }, at) }), /gradient of input 0/],
    [
      "a mean over a wrong count",
      (s) => ({ dx: closed({ ...s, mean: (t) => s.mean(t).mul(2) }, at) }),
      /gradient of input 0/,
    ],
    [
      "dγ of the first sample only",
      (s) => ({ dWeight: s.total(s.dy.mul(s.xhat).mul(firstOnly(at.shape))) }),
      /gradient of input 1/,
    ],
    ["dγ averaged", (s) => ({ dWeight: s.total(s.dy.mul(s.xhat)).div(at.shape[0] ?? 1) }), /gradient of input 1/],
    ["dγ from x", (s) => ({ dWeight: s.total(s.dy.mul(s.x)) }), /gradient of input 1/],
    ["dβ of the first sample only", (s) => ({ dBias: s.total(s.dy.mul(firstOnly(at.shape))) }), /gradient of input 2/],
  ];
  if (at.center) {
    wrongGradients.push([
      "the mean of g missing",
      (s) => ({ dx: closed(s, { ...at, center: false }) }),
      /gradient of input 0/,
    ]);
  }
  it.each(wrongGradients)("fails the check of gradients with %s", (_, wrong, message) => {
    checkValues(byHand(at, wrong), at);
    // Rounding r to float32 stays below 1e-7, so that mutant needs the sharper gate that the real norm passes too.
    const sharp = { rtol: 1e-9, atol: 1e-10 };
    checkGradients(at.real, at, sharp);
    expect(() => checkGradients(byHand(at, wrong), at, sharp)).toThrow(message);
  });
});

/** 1 for the first sample, 0 for the others. */
function firstOnly(shape: readonly number[]): Tensor {
  const data = new Float64Array(shape[0] ?? 0);
  data[0] = 1;
  return tensor(data, { shape: [data.length, ...shape.slice(1).map(() => 1)] });
}

describe("running statistics", () => {
  type Update = (x: Tensor, runningMean: Tensor, runningVar: Tensor) => void;
  const momentum = 0.3;

  /** The check: one update must lead to the numbers that loops over the batch lead to. */
  function checkUpdate(update: Update): void {
    const shape = [3, 2, 2, 2];
    const x = randn(shape, { dtype: "float64", generator: new Generator(73) }).add(0.5);
    const runningMean = zeros([2], { dtype: "float64" });
    const runningVar = ones([2], { dtype: "float64" });
    update(x, runningMean, runningVar);
    channelGroups(shape).forEach((group, channel) => {
      const values = group.map((i) => x.data[i] ?? NaN);
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
      expect(runningMean.data[channel]).toBeCloseTo(momentum * mean, 12);
      expect(runningVar.data[channel]).toBeCloseTo((1 - momentum) * 1 + momentum * variance, 12);
    });
  }

  const handmade =
    (weight: number, correction: number): Update =>
    (x, runningMean, runningVar) => {
      const axis = [0, 2, 3];
      assign(runningMean, runningMean.mul(1 - weight).add(x.mean({ axis }).mul(weight)));
      assign(runningVar, runningVar.mul(1 - weight).add(x.variance({ axis, correction }).mul(weight)));
    };

  it("pass the check, also by hand", () => {
    checkUpdate((x, runningMean, runningVar) => batchNorm(x, { runningMean, runningVar, momentum, training: true }));
    checkUpdate(handmade(momentum, 1));
  });

  it("fail it with the biased variance", () => {
    const runningVariance = "biased";
    expect(() => checkUpdate(handmade(momentum, 0))).toThrow(/expected/);
    expect(() =>
      checkUpdate((x, runningMean, runningVar) =>
        batchNorm(x, { runningMean, runningVar, momentum, training: true, runningVariance }),
      ),
    ).toThrow(/expected/);
  });

  it("fail it with the momentum flipped", () => {
    expect(() => checkUpdate(handmade(1 - momentum, 1))).toThrow(/expected/);
  });

  it("fail it in evaluation mode, which does not update", () => {
    expect(() =>
      checkUpdate((x, runningMean, runningVar) => batchNorm(x, { runningMean, runningVar, momentum })),
    ).toThrow(/expected/);
  });
});
