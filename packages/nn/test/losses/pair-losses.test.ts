import { grad, gradcheck } from "@tapegrad/autograd";
import { DTypeError, Generator, randn, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { cosineEmbeddingLoss } from "../../src/losses/cosine-embedding-loss.ts";
import { hingeEmbeddingLoss } from "../../src/losses/hinge-embedding-loss.ts";
import { marginRankingLoss } from "../../src/losses/margin-ranking-loss.ts";
import type { ReductionOptions } from "../../src/losses/reduction.ts";

const draw = (shape: readonly number[], seed: number): Tensor =>
  randn(shape, { generator: new Generator(seed), dtype: "float64" });
/** 1 and −1, both of them often. */
const sides = (shape: readonly number[], seed: number): Tensor => draw(shape, seed).gt(0).to("float64").mul(2).sub(1);
const double = (values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

interface Row {
  readonly name: string;
  readonly f: (a: Tensor, b: Tensor, t: Tensor, options?: ReductionOptions) => Tensor;
  readonly naive: (a: number, b: number, t: number) => number;
}

const rows: readonly Row[] = [
  {
    name: "hingeEmbeddingLoss",
    f: (a, _b, t, o) => hingeEmbeddingLoss(a, t, o),
    naive: (a, _b, t) => (t === 1 ? a : Math.max(0, 1 - a)),
  },
  {
    name: "hingeEmbeddingLoss 0.4",
    f: (a, _b, t, o) => hingeEmbeddingLoss(a, t, { ...o, margin: 0.4 }),
    naive: (a, _b, t) => (t === 1 ? a : Math.max(0, 0.4 - a)),
  },
  { name: "marginRankingLoss", f: marginRankingLoss, naive: (a, b, t) => Math.max(0, -t * (a - b)) },
  {
    name: "marginRankingLoss 0.5",
    f: (a, b, t, o) => marginRankingLoss(a, b, t, { ...o, margin: 0.5 }),
    naive: (a, b, t) => Math.max(0, 0.5 - t * (a - b)),
  },
];

describe.each(rows)("$name", ({ f, naive }) => {
  it.each([[[]], [[5]], [[4, 3]]])("agrees with its definition for shape %j", (shape) => {
    const [a, b, t] = [draw(shape, 1), draw(shape, 2), sides(shape, 3)];
    const want = [...a.data].map((value, i) => naive(value, b.data[i]!, t.data[i]!));
    const total = want.reduce((sum, loss) => sum + loss, 0);
    const none = f(a, b, t, { reduction: "none" });
    expect(none.shape).toEqual(shape);
    none.data.forEach((loss, i) => expect(loss).toBeCloseTo(want[i]!, 12));
    expect(f(a, b, t, { reduction: "sum" }).item()).toBeCloseTo(total, 12);
    expect(f(a, b, t).item()).toBeCloseTo(total / a.size, 12);
    expect(f(a.to("float32"), b.to("float32"), t.to("int32")).dtype).toBe("float32");
  });

  it.each(["none", "mean", "sum"] as const)("passes the gradient check twice, %s", (reduction) => {
    const t = sides([4, 3], 6);
    gradcheck((a, b) => f(a, b, t, { reduction }).add(b.mul(0).sum()), [draw([4, 3], 4), draw([4, 3], 5)], {
      order: 2,
    });
  });

  it("reduces an empty batch to NaN or 0", () => {
    const empty = zeros([0, 3]);
    expect(f(empty, empty, empty).item()).toBeNaN();
    expect(f(empty, empty, empty, { reduction: "sum" }).item()).toBe(0);
  });
});

describe("cosineEmbeddingLoss", () => {
  const [a, b, t] = [draw([6, 4], 1), draw([6, 4], 2), sides([6], 3)];

  it.each([0, 0.3, -0.5])("agrees with its definition for margin %d", (margin) => {
    const want = Array.from({ length: 6 }, (_, row) => {
      const [u, v] = [[...a.data.slice(4 * row, 4 * row + 4)], [...b.data.slice(4 * row, 4 * row + 4)]];
      const dot = (x: number[], y: number[]): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
      const cosine = dot(u, v) / Math.hypot(...u) / Math.hypot(...v);
      return t.data[row] === 1 ? 1 - cosine : Math.max(0, cosine - margin);
    });
    const none = cosineEmbeddingLoss(a, b, t, { margin, reduction: "none" });
    expect(none.shape).toEqual([6]);
    none.data.forEach((loss, i) => expect(loss).toBeCloseTo(want[i]!, 10));
    const total = want.reduce((sum, loss) => sum + loss, 0);
    expect(cosineEmbeddingLoss(a, b, t, { margin, reduction: "sum" }).item()).toBeCloseTo(total, 10);
    expect(cosineEmbeddingLoss(a, b, t, { margin }).item()).toBeCloseTo(total / 6, 10);
  });

  it.each(["none", "mean", "sum"] as const)("passes the gradient check twice, %s", (reduction) => {
    gradcheck((x, y) => cosineEmbeddingLoss(x, y, t, { margin: -0.5, reduction }), [a, b], { order: 2 });
  });

  it("takes single vectors", () => {
    expect(cosineEmbeddingLoss(tensor([3, 4]), tensor([6, 8]), tensor(1)).item()).toBeCloseTo(0, 6);
  });

  it("stays finite for zero vectors, and for long ones in float32", () => {
    const x = zeros([2, 3], { requiresGrad: true });
    const loss = cosineEmbeddingLoss(
      x,
      tensor([
        [1, 2, 3],
        [0, 0, 0],
      ]),
      tensor([1, -1]),
      { reduction: "none" },
    );
    expect(loss.toArray()).toEqual([1, 0]);
    expect(grad(loss.sum(), [x])[0]?.data.every(Number.isFinite)).toBe(true);
    const long = tensor([1e15, 1e15]);
    expect(cosineEmbeddingLoss(long, long, tensor(1)).item()).toBeCloseTo(0, 6);
  });
});

describe("kinks", () => {
  it("hingeEmbeddingLoss is flat beyond the margin and keeps its slope at it", () => {
    const x = double([0, 1, 2, 5]);
    const t = tensor([-1, -1, -1, 1]);
    expect([...(grad(hingeEmbeddingLoss(x, t, { reduction: "sum" }), [x])[0]?.add(0).data ?? [])]).toEqual([
      -1, -1, 0, 1,
    ]);
  });

  it("marginRankingLoss pulls ties apart", () => {
    const [a, b] = [double([1, 1, 2]), double([1, 1, 1])];
    const loss = marginRankingLoss(a, b, tensor([1, -1, 1]), { reduction: "sum" });
    expect(grad(loss, [a, b]).map((g) => [...g.add(0).data])).toEqual([
      [-1, 1, 0],
      [1, -1, 0],
    ]);
  });

  it("pass NaN on", () => {
    const [x, t] = [tensor([NaN]), tensor([-1])];
    expect(hingeEmbeddingLoss(x, t).item()).toBeNaN();
    expect(marginRankingLoss(x, t, t).item()).toBeNaN();
    expect(cosineEmbeddingLoss(x, t, tensor(-1)).item()).toBeNaN();
  });
});

describe("errors", () => {
  const [x, t] = [zeros([4, 3]), zeros([4, 3]).add(1)];
  const side = t.sum({ axis: 1 }).div(3);
  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "hinge target",
      () => hingeEmbeddingLoss(x, x),
      ValueError,
      "hingeEmbeddingLoss: expected targets 1 or -1, got 0.",
    ],
    [
      "hinge shape",
      () => hingeEmbeddingLoss(x, side),
      ShapeError,
      "hingeEmbeddingLoss: expected a target of shape [4, 3], got [4].",
    ],
    [
      "hinge margin",
      () => hingeEmbeddingLoss(x, t, { margin: NaN }),
      ValueError,
      "hingeEmbeddingLoss: expected margin to be a finite number, got NaN.",
    ],
    [
      "hinge dtype",
      () => hingeEmbeddingLoss(x.to("int32"), t),
      DTypeError,
      "hingeEmbeddingLoss: expected input of dtype float32 or float64, got int32.",
    ],
    [
      "hinge option",
      () => hingeEmbeddingLoss(x, t, { delta: 1 } as object),
      ValueError,
      'hingeEmbeddingLoss: expected options margin, reduction, got "delta".',
    ],
    [
      "hinge reduction",
      () => hingeEmbeddingLoss(x, t, { reduction: "avg" as "mean" }),
      ValueError,
      "hingeEmbeddingLoss: expected reduction none, mean or sum, got avg.",
    ],
    [
      "ranking inputs",
      () => marginRankingLoss(x, side, t),
      ShapeError,
      "marginRankingLoss: expected a second input of shape [4, 3], got [4].",
    ],
    [
      "ranking shape",
      () => marginRankingLoss(x, x, side),
      ShapeError,
      "marginRankingLoss: expected a target of shape [4, 3], got [4].",
    ],
    [
      "ranking target",
      () => marginRankingLoss(x, x, t.mul(2)),
      ValueError,
      "marginRankingLoss: expected targets 1 or -1, got 2.",
    ],
    [
      "ranking dtype",
      () => marginRankingLoss(x, x.to("bool"), t),
      DTypeError,
      "marginRankingLoss: expected second input of dtype float32 or float64, got bool.",
    ],
    [
      "ranking option",
      () => marginRankingLoss(x, x, t, { m: 1 } as object),
      ValueError,
      'marginRankingLoss: expected options margin, reduction, got "m".',
    ],
    [
      "cosine rank",
      () => cosineEmbeddingLoss(tensor(1), tensor(1), tensor(1)),
      ShapeError,
      "cosineEmbeddingLoss: expected vectors of shape [D] or [N, D], got [].",
    ],
    [
      "cosine inputs",
      () => cosineEmbeddingLoss(x, side, side),
      ShapeError,
      "cosineEmbeddingLoss: expected a second input of shape [4, 3], got [4].",
    ],
    [
      "cosine shape",
      () => cosineEmbeddingLoss(x, x, t),
      ShapeError,
      "cosineEmbeddingLoss: expected a target of shape [4], got [4, 3].",
    ],
    [
      "cosine target",
      () => cosineEmbeddingLoss(x, x, side.mul(0)),
      ValueError,
      "cosineEmbeddingLoss: expected targets 1 or -1, got 0.",
    ],
    [
      "cosine margin",
      () => cosineEmbeddingLoss(x, x, side, { margin: 2 }),
      ValueError,
      "cosineEmbeddingLoss: expected margin in [-1, 1], got 2.",
    ],
    [
      "cosine dtype",
      () => cosineEmbeddingLoss(x.to("int32"), x, side),
      DTypeError,
      "cosineEmbeddingLoss: expected first input of dtype float32 or float64, got int32.",
    ],
  ])("%s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
