import { Generator, randn, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { clipGradAdaptive } from "./clip-grad-adaptive.ts";
import { clipGradNorm } from "./clip-grad-norm.ts";
import { clipGradRms } from "./clip-grad-rms.ts";
import { clipGradValue } from "./clip-grad-value.ts";
import { clipPerExample } from "./clip-per-example.ts";

function withGrad(grad: Tensor): Tensor {
  const p = zeros(grad.shape, { dtype: grad.dtype, requiresGrad: true });
  p.grad = grad;
  return p;
}

describe("clipGradNorm", () => {
  const orders = [1, 2, 3, 0.5, Infinity];
  it.each(orders.flatMap((normType) => [0.5, 100].map((maxNorm) => ({ normType, maxNorm }))))(
    "order $normType, at most $maxNorm",
    ({ normType, maxNorm }) => {
      const generator = new Generator(1);
      const grads = [randn([3], { generator, dtype: "float64" }), randn([2, 2], { generator, dtype: "float64" })];
      const all = grads.flatMap((g) => [...g.data].map(Math.abs));
      const want =
        normType === Infinity ? Math.max(...all) : all.reduce((sum, g) => sum + g ** normType, 0) ** (1 / normType);
      const params = grads.map(withGrad);
      const norm = clipGradNorm(params, maxNorm, { normType });
      expect(norm.item()).toBeCloseTo(want, 12);
      const factor = Math.min(1, maxNorm / (want + 1e-6));
      params.forEach((p, i) => {
        p.grad?.data.forEach((g, j) => expect(g).toBeCloseTo(grads[i]!.data[j]! * factor, 12));
      });
    },
  );

  it("squares without overflow in float32, and keeps the dtype", () => {
    const p = withGrad(tensor([3e30, 4e30]));
    expect(clipGradNorm(p, 1).item() / 5e30).toBeCloseTo(1, 6);
    expect(p.grad?.dtype).toBe("float32");
    expect(p.grad?.data[0]).toBeCloseTo(0.6, 6);
  });

  it.each([1, 2, 3, 0.5, 10, Infinity])("of order %d neither overflows nor vanishes", (normType) => {
    for (const size of [1e200, 1e-200, 1.2e308, 3e-320, 1]) {
      const p = withGrad(tensor([0.75 * size, -size, 0], { dtype: "float64" }));
      const unit = normType === Infinity ? 1 : (0.75 ** normType + 1) ** (1 / normType);
      const norm = clipGradNorm(p, size === 1 ? 1 : Infinity, { normType }).item();
      // 0.5 adds roots: the norm of the largest is beyond float64.
      if (unit * size > Number.MAX_VALUE) expect(norm).toBe(Infinity);
      else expect(norm / size).toBeCloseTo(unit, size < 1e-300 ? 2 : 12);
    }
    const p = withGrad(tensor([3e200, -4e200], { dtype: "float64" }));
    clipGradNorm(p, 1);
    expect([p.grad?.data[0], p.grad?.data[1]]).toEqual([expect.closeTo(0.6, 12), expect.closeTo(-0.8, 12)]);
  });

  it("has factors that float32 has not", () => {
    const p = withGrad(tensor([3e38, 3e38]));
    clipGradNorm(p, 1e-8);
    expect(p.grad!.data[0]! * 1e8).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it("counts a parameter that is listed twice once", () => {
    const p = withGrad(tensor([3, 4]));
    expect(clipGradNorm([p, p], 1).item()).toBe(5);
    expect(p.grad?.data[0]).toBeCloseTo(0.6, 6);
  });

  it("leaves zeros, missing gradients and empty parameters alone", () => {
    const [zero, none, empty] = [withGrad(zeros([2])), zeros([2], { requiresGrad: true }), withGrad(zeros([0]))];
    expect(clipGradNorm([zero, none, empty], 1).item()).toBe(0);
    expect(zero.grad?.toArray()).toEqual([0, 0]);
    expect(none.grad).toBeUndefined();
    expect(clipGradNorm([none], 1).item()).toBe(0);
  });

  it("replaces gradients instead of changing them", () => {
    const g = tensor([3, 4]);
    const p = withGrad(g);
    clipGradNorm([p], 1);
    expect(g.toArray()).toEqual([3, 4]);
    expect(p.grad).not.toBe(g);
  });

  it("passes a norm that is not finite on, or throws before it changes anything", () => {
    const p = withGrad(tensor([NaN, 1]));
    expect(() => clipGradNorm([p], 1, { errorIfNonfinite: true })).toThrow(
      "clipGradNorm: expected gradients of finite norm, got NaN.",
    );
    expect(p.grad?.toArray()).toEqual([NaN, 1]);
    expect(clipGradNorm([p], 1).item()).toBeNaN();
    expect(p.grad?.toArray()).toEqual([NaN, NaN]);
    for (const normType of [0.5, 1, 2, 3, Infinity]) {
      const q = withGrad(tensor([-Infinity, 1]));
      expect(() => clipGradNorm([q], 1, { errorIfNonfinite: true, normType })).toThrow("finite norm, got Infinity.");
      expect(clipGradNorm([q], 1, { normType }).item()).toBe(Infinity);
      expect(q.grad?.toArray()).toEqual([NaN, 0]);
    }
  });
});

describe("clipGradValue", () => {
  it("limits every element", () => {
    const p = withGrad(tensor([3, -3, 0.25, -0, NaN, Infinity]));
    clipGradValue([p], 0.5);
    expect(p.grad?.toArray()).toEqual([0.5, -0.5, 0.25, -0, NaN, 0.5]);
  });
});

describe("clipGradAdaptive", () => {
  /** The formula on plain numbers, one unit at a time. */
  const naive = (weights: readonly number[], grads: readonly number[], clipping: number, eps: number): number[] => {
    const most = clipping * Math.max(Math.hypot(...weights), eps);
    const norm = Math.hypot(...grads);
    return norm > most ? grads.map((g) => (g * most) / norm) : [...grads];
  };

  it.each([[[2, 3]], [[3, 2, 2, 1]], [[5]], [[]]])("limits units of shape %j", (shape) => {
    for (const [clipping, eps] of [
      [0.3, 1e-3],
      [0.1, 2],
      [100, 0],
    ] as const) {
      // prettier-ignore
      const generator = new Generator(4);
      const p = randn(shape, { generator, dtype: "float64" }).requiresGrad_();
      const g = randn(shape, { generator, dtype: "float64" });
      p.grad = g;
      clipGradAdaptive([p], clipping, { eps });
      const units = shape.length < 2 ? 1 : shape[0]!;
      const size = p.size / units;
      for (let i = 0; i < units; i++) {
        const [w, before, after] = [p, g, p.grad].map((x) => [...x.data.slice(i * size, (i + 1) * size)]);
        naive(w!, before!, clipping, eps).forEach((want, j) => expect(after![j]).toBeCloseTo(want, 12));
      }
    }
  });

  it("lets weights of zeros move by eps, leaves gradients of zeros, and passes NaN on", () => {
    const p = withGrad(tensor([[3, 4], [0, 0], [NaN, 1], [1e30, 1e30]])); // prettier-ignore
    clipGradAdaptive(p, 0.5, { eps: 0.1 });
    const want = [expect.closeTo(0.03, 6), expect.closeTo(0.04, 6), 0, 0, NaN, 1];
    expect([...p.grad!.data].slice(0, 6)).toEqual(want);
    expect(p.grad!.data[6]).toBeCloseTo(0.05 * Math.SQRT1_2, 6);
    expect(p.grad!.dtype).toBe("float32");
    clipGradAdaptive(p, 0, { eps: 0 });
    expect(p.grad!.data[0]).toBe(0);
  });
});

describe("clipGradRms", () => {
  it("limits each parameter by itself", () => {
    const [large, small, empty] = [
      withGrad(tensor([3, 4, 0, 0])),
      withGrad(tensor([[0.1, -0.2]])),
      withGrad(zeros([0])),
    ];
    clipGradRms([large, small, empty, large], 0.5);
    expect([...large.grad!.data]).toEqual([0.6, 0.8, 0, 0].map((g) => expect.closeTo(g, 6)));
    expect(small.grad!.toArray()).toEqual(tensor([[0.1, -0.2]]).toArray());
    expect(empty.grad!.shape).toEqual([0]);
  });

  it("neither overflows nor vanishes", () => {
    const p = withGrad(tensor([3e38, -3e38, 0]));
    clipGradRms(p, 1e-8);
    expect(p.grad!.data[0]! * 1e8).toBeCloseTo(Math.sqrt(1.5), 6);
    const q = withGrad(tensor([NaN, 1]));
    clipGradRms(q, 1);
    expect(q.grad!.toArray()).toEqual([NaN, NaN]);
  });
});

describe("clipPerExample", () => {
  it.each([0.5, 2, 100])("adds up gradients of norm at most %d", (maxNorm) => {
    const generator = new Generator(5);
    const grads = [randn([4, 3], { generator, dtype: "float64" }), randn([4, 2, 2], { generator, dtype: "float64" })];
    const rows = [0, 1, 2, 3].map((i) => grads.map((g) => [...g.at(i).detach().clone().data]));
    const norms = rows.map((row) => Math.hypot(...row.flat()));
    const { sums, clipped } = clipPerExample(grads, maxNorm);
    expect(clipped.item()).toBe(norms.filter((norm) => norm > maxNorm).length);
    expect(clipped.dtype).toBe("int32");
    expect(sums.map(({ shape }) => shape)).toEqual([[3], [2, 2]]); // prettier-ignore
    sums.forEach((sum, k) => {
      sum.data.forEach((got, j) => {
        const want = rows.reduce((all, row, i) => all + row[k]![j]! * Math.min(1, maxNorm / norms[i]!), 0);
        expect(got).toBeCloseTo(want, 12);
      });
    });
  });

  it("takes numbers and both dtypes, and no examples", () => {
    const { sums } = clipPerExample([tensor([3e30, 1]), tensor([4e30, 0], { dtype: "float64" })], 1);
    expect(sums.map((sum) => [sum.shape, sum.dtype, sum.item()])).toEqual([
      [[], "float32", expect.closeTo(1.6, 6)],
      [[], "float64", expect.closeTo(0.8, 6)],
    ]);
    expect(clipPerExample([tensor([[3, 4], [6, 8]])], 5).clipped.item()).toBe(1); // prettier-ignore
    const none = clipPerExample([zeros([0, 2])], 1);
    expect([none.sums[0]!.toArray(), none.clipped.item()]).toEqual([[0, 0], 0]); // prettier-ignore
  });
});

function usedUp<T>(values: readonly T[]): Iterable<T> {
  const iterator = values.values();
  Array.from(iterator);
  return iterator;
}

describe("errors", () => {
  const p = withGrad(tensor([1]));
  it.each<[string, () => unknown, string]>([
    ["norm", () => clipGradNorm([p], -1), "clipGradNorm: expected maxNorm ≥ 0, got -1."],
    ["order", () => clipGradNorm([p], 1, { normType: 0 }), "clipGradNorm: expected normType > 0, got 0."],
    [
      "option",
      () => clipGradNorm([p], 1, { p: 2 } as object),
      'clipGradNorm: expected options normType, errorIfNonfinite, got "p".',
    ],
    ["tensors", () => clipGradNorm([1] as unknown as Tensor[], 1), "clipGradNorm: expected tensors, got 1."],
    ["module", () => clipGradNorm({ p } as unknown as Tensor[], 1), "clipGradNorm: expected an iterable of tensors"],
    ["none", () => clipGradNorm([], 1), "clipGradNorm: expected at least one parameter, got none."],
    [
      "no value",
      () => clipGradValue(new Set<Tensor>(), 1),
      "clipGradValue: expected at least one parameter, got none.",
    ],
    [
      "used up",
      () => clipGradNorm(usedUp([p]), 1),
      "clipGradNorm: expected at least one parameter, got none. A generator can be walked only once: pass an array of " +
        "what it gives.",
    ],
    [
      "used up values",
      () => clipGradValue(usedUp([p]), 1),
      "clipGradValue: expected at least one parameter, got none.",
    ],
    ["unit", () => clipGradAdaptive([p], -1), "clipGradAdaptive: expected clipping ≥ 0, got -1."],
    ["unit eps", () => clipGradAdaptive([p], 1, { eps: -1 }), "clipGradAdaptive: expected eps ≥ 0, got -1."],
    ["threshold", () => clipGradRms([p], 0), "clipGradRms: expected threshold > 0, got 0."],
    ["no gradients", () => clipPerExample([], 1), "clipPerExample: expected at least one gradient, got none."],
    [
      "list",
      () => clipPerExample(p as never, 1),
      "clipPerExample: expected grads to be a list of tensors, got a Tensor.",
    ],
    ["norm of examples", () => clipPerExample([p], 0), "clipPerExample: expected maxNorm > 0, got 0."],
    ["value", () => clipGradValue([p], NaN), "clipGradValue: expected clipValue ≥ 0, got NaN."],
  ])("%s", (_name, call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });

  it.each([
    [[zeros([2, 3]), zeros([3, 2])], "[2, ...], got [3, 2]."],
    [[zeros([])], "[examples, ...], got []."],
  ] as const)("examples", (grads, message) => {
    expect(() => clipPerExample(grads, 1)).toThrow(ShapeError);
    expect(() => clipPerExample(grads, 1)).toThrow(`clipPerExample: expected gradients of shape ${message}`);
  });
});
