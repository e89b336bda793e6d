import { grad, gradcheck } from "@tapegrad/autograd";
import {
  DTypeError,
  Generator,
  rand,
  randn,
  ShapeError,
  tensor,
  type Tensor,
  ValueError,
  zeros,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { gaussianNllLoss, type GaussianNllLossOptions } from "../../src/losses/gaussian-nll-loss.ts";
import { poissonNllLoss, type PoissonNllLossOptions } from "../../src/losses/poisson-nll-loss.ts";

const { exp, log, PI } = Math;
const draw = (shape: readonly number[], seed: number): Tensor =>
  randn(shape, { generator: new Generator(seed), dtype: "float64" });
const positive = (shape: readonly number[], seed: number): Tensor =>
  rand(shape, { generator: new Generator(seed), dtype: "float64" })
    .mul(3)
    .add(0.2);
const double = (values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });
const reductions = ["none", "mean", "sum"] as const;

describe("poissonNllLoss", () => {
  const stirling = (t: number): number => (t > 1 ? t * log(t) - t + log(2 * PI * t) / 2 : 0);
  const rows: readonly [PoissonNllLossOptions, (x: number, t: number) => number][] = [
    [{}, (x, t) => exp(x) - t * x],
    [{ full: true }, (x, t) => exp(x) - t * x + stirling(t)],
    [{ logInput: false }, (x, t) => x - t * log(x + 1e-8)],
    [{ logInput: false, full: true, eps: 0.1 }, (x, t) => x - t * log(x + 0.1) + stirling(t)],
  ];

  it.each(rows)("with %j agrees with its definition", (options, naive) => {
    const x = positive([4, 3], 1);
    const t = positive([4, 3], 2).mul(2).floor();
    const want = [...x.data].map((value, i) => naive(value, t.data[i]!));
    const total = want.reduce((sum, loss) => sum + loss, 0);
    const none = poissonNllLoss(x, t, { ...options, reduction: "none" });
    none.data.forEach((loss, i) => expect(loss).toBeCloseTo(want[i]!, 12));
    expect(poissonNllLoss(x, t, { ...options, reduction: "sum" }).item()).toBeCloseTo(total, 11);
    expect(poissonNllLoss(x, t, options).item()).toBeCloseTo(total / 12, 12);
    expect(poissonNllLoss(x.to("float32"), t.to("int32"), options).item()).toBeCloseTo(total / 12, 5);
  });

  it.each(rows)("with %j passes the gradient check twice", (options) => {
    for (const reduction of reductions) {
      const inputs = [positive([3, 2], 3), positive([3, 2], 4)];
      gradcheck((x, t) => poissonNllLoss(x, t, { ...options, reduction }), inputs, { order: 2 });
    }
  });

  it("has finite slopes for a rate of 0 and a count of 0", () => {
    const [x, t] = [double([0, 0, 2]), double([0, 1, 0])];
    const loss = poissonNllLoss(x, t, { logInput: false, full: true, reduction: "sum" });
    for (const g of grad(loss, [x, t])) expect(g.data.every(Number.isFinite)).toBe(true);
    expect(poissonNllLoss(double([-Infinity]), double([0]), { reduction: "sum" }).item()).toBeNaN();
    expect(poissonNllLoss(double([-1e300, 800]), double([0, 0]), { reduction: "none" }).toArray()).toEqual([
      0,
      Infinity,
    ]);
    expect(poissonNllLoss(zeros([0]), zeros([0])).item()).toBeNaN();
  });
});

describe("gaussianNllLoss", () => {
  const rows: readonly [GaussianNllLossOptions, readonly number[]][] = [
    [{}, [4, 3]],
    [{ full: true }, [4, 3]],
    [{}, [4, 1]],
    [{ full: true }, [4]],
  ];

  it.each(rows)("with %j and variances of shape %j agrees with its definition", (options, shape) => {
    const [x, t, v] = [draw([4, 3], 1), draw([4, 3], 2), positive(shape, 3)];
    const want = [...x.data].map((value, i) => {
      const variance = v.data[v.size === 12 ? i : Math.floor(i / 3)]!;
      return (log(variance) + (value - t.data[i]!) ** 2 / variance + (options.full ? log(2 * PI) : 0)) / 2;
    });
    const total = want.reduce((sum, loss) => sum + loss, 0);
    const none = gaussianNllLoss(x, t, v, { ...options, reduction: "none" });
    expect(none.shape).toEqual([4, 3]);
    none.data.forEach((loss, i) => expect(loss).toBeCloseTo(want[i]!, 12));
    expect(gaussianNllLoss(x, t, v, { ...options, reduction: "sum" }).item()).toBeCloseTo(total, 11);
    expect(gaussianNllLoss(x, t, v, options).item()).toBeCloseTo(total / 12, 12);
  });

  it.each(rows)("with %j and variances of shape %j passes the gradient check twice", (options, shape) => {
    for (const reduction of reductions) {
      const inputs = [draw([4, 3], 4), draw([4, 3], 5), positive(shape, 6)];
      gradcheck((x, t, v) => gaussianNllLoss(x, t, v, { ...options, reduction }), inputs, { order: 2 });
    }
  });

  it("bounds small variances and lets their gradient through", () => {
    const [x, t, v] = [double([1, 1]), double([0, 0]), double([0, 1e-9])];
    const loss = gaussianNllLoss(x, t, v, { eps: 0.01, reduction: "sum" });
    expect(loss.item()).toBeCloseTo(log(0.01) + 100, 10);
    const slopes = [...(grad(loss, [v])[0]?.data ?? [])];
    for (const slope of slopes) expect(slope / (50 - 5000)).toBeCloseTo(1, 12);
    expect(gaussianNllLoss(x, t, double([Infinity, NaN]), { reduction: "none" }).toArray()).toEqual([Infinity, NaN]);
  });
});

describe("errors", () => {
  const x = zeros([4, 3]);
  const v = x.add(1);
  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "poisson shape",
      () => poissonNllLoss(x, zeros([4])),
      ShapeError,
      "poissonNllLoss: expected a target of shape [4, 3], got [4].",
    ],
    ["poisson eps", () => poissonNllLoss(x, x, { eps: -1 }), ValueError, "poissonNllLoss: expected eps ≥ 0, got -1."],
    [
      "poisson dtype",
      () => poissonNllLoss(x.to("int32"), x),
      DTypeError,
      "poissonNllLoss: expected input of dtype float32 or float64, got int32.",
    ],
    [
      "poisson option",
      () => poissonNllLoss(x, x, { log_input: true } as object),
      ValueError,
      'poissonNllLoss: expected options logInput, full, eps, reduction, got "log_input".',
    ],
    [
      "poisson reduction",
      () => poissonNllLoss(x, x, { reduction: "avg" as "mean" }),
      ValueError,
      "poissonNllLoss: expected reduction none, mean or sum, got avg.",
    ],
    [
      "gaussian shape",
      () => gaussianNllLoss(x, zeros([4]), v),
      ShapeError,
      "gaussianNllLoss: expected a target of shape [4, 3], got [4].",
    ],
    [
      "gaussian variance",
      () => gaussianNllLoss(x, x, zeros([3])),
      ShapeError,
      "gaussianNllLoss: expected a variance of shape [4, 3] or [4, 1], got [3].",
    ],
    [
      "gaussian negative",
      () => gaussianNllLoss(x, x, v.neg()),
      ValueError,
      "gaussianNllLoss: expected variances ≥ 0, got -1.",
    ],
    [
      "gaussian eps",
      () => gaussianNllLoss(x, x, v, { eps: 0 }),
      ValueError,
      "gaussianNllLoss: expected eps > 0, got 0.",
    ],
    [
      "gaussian dtype",
      () => gaussianNllLoss(x, x, v.to("int32")),
      DTypeError,
      "gaussianNllLoss: expected variance of dtype float32 or float64, got int32.",
    ],
    [
      "gaussian option",
      () => gaussianNllLoss(x, x, v, { variance: 1 } as object),
      ValueError,
      'gaussianNllLoss: expected options full, eps, reduction, got "variance".',
    ],
  ])("%s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
