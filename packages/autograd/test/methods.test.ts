import { arange, einsum, ones, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { grad, gradcheck } from "../src/index.ts";
import { uniform } from "@tapegrad/testing";

const next = uniform(3);

/** A float64 tensor of numbers from a range. */
function drawn(shape: readonly number[], low = -2, high = 2): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float64Array.from({ length: size }, () => low + (high - low) * next()),
    { shape },
  );
}

const double = (data: readonly number[]): Tensor => tensor(data, { dtype: "float64", requiresGrad: true });

type Row = readonly [
  name: string,
  of: (x: Tensor) => Tensor,
  reference: (x: number) => number,
  low: number,
  high: number,
];

const functions: readonly Row[] = [
  ["tan", (x) => x.tan(), Math.tan, -1.4, 1.4],
  ["asin", (x) => x.asin(), Math.asin, -0.95, 0.95],
  ["acos", (x) => x.acos(), Math.acos, -0.95, 0.95],
  ["atan", (x) => x.atan(), Math.atan, -3, 3],
  ["sinh", (x) => x.sinh(), Math.sinh, -2, 2],
  ["cosh", (x) => x.cosh(), Math.cosh, -2, 2],
  ["log2", (x) => x.log2(), Math.log2, 0.2, 4],
  ["log10", (x) => x.log10(), Math.log10, 0.2, 4],
  ["trunc", (x) => x.trunc(), Math.trunc, 1.1, 1.9],
];

const ends: readonly (readonly [
  string,
  (x: Tensor) => Tensor,
  readonly number[],
  readonly number[],
  readonly number[],
])[] = [
  ["asin", (x) => x.asin(), [-1, 0, 1, 2], [-Math.PI / 2, 0, Math.PI / 2, NaN], [Infinity, 1, Infinity, NaN]],
  ["acos", (x) => x.acos(), [-1, 0, 1, -2], [Math.PI, Math.PI / 2, 0, NaN], [-Infinity, -1, -Infinity, NaN]],
  ["atan", (x) => x.atan(), [-Infinity, 0, Infinity], [-Math.PI / 2, 0, Math.PI / 2], [0, 1, 0]],
  ["sinh", (x) => x.sinh(), [-Infinity, 0, 1e-9, Infinity], [-Infinity, 0, 1e-9, Infinity], [Infinity, 1, 1, Infinity]],
  ["cosh", (x) => x.cosh(), [-Infinity, 0, Infinity], [Infinity, 1, Infinity], [-Infinity, 0, Infinity]],
  ["log2", (x) => x.log2(), [0, 8], [-Infinity, 3], [Infinity, 1 / (8 * Math.LN2)]],
  ["trunc", (x) => x.trunc(), [-2.7, -0.5, 0, 2.7, Infinity, NaN], [-2, -0, 0, 2, Infinity, NaN], [0, 0, 0, 0, 0, 0]],
];

describe("functions of one element", () => {
  it.each(functions)("%s has its values and derivatives", (_, f, reference, low, high) => {
    for (const shape of [[], [7], [2, 3], [0, 2], [1, 1]]) {
      const x = drawn(shape, low, high);
      expect(f(x).shape).toEqual(shape);
      f(x).data.forEach((y, i) => expect(y).toBeCloseTo(reference(x.data[i]!), 13));
      f(x.to("float32")).data.forEach((y, i) => expect(y).toBeCloseTo(reference(x.data[i]!), 5));
      gradcheck(f, [x], { order: 2 });
    }
    expect(f(tensor([1], { dtype: "int32" })).dtype).toBe(_ === "trunc" ? "int32" : "float32");
  });

  it.each(ends)("%s at its ends", (name, f, at, values, derivatives) => {
    const x = double(at);
    const y = f(x);
    const close = (got: number, want: number): boolean => Object.is(got, want) || Math.abs(got - want) <= 1e-14;
    y.data.forEach((value, i) => {
      expect(close(value, values[i]!), `${name}(${at[i]}): expected ${values[i]}, got ${value}`).toBe(true);
    });
    const found = grad(y.sum(), [x])[0]!.data;
    derivatives.forEach((want, i) => {
      // Where a value or place is infinite or NaN, the derivative is left open.
      if (!Number.isFinite(values[i]!) || !Number.isFinite(at[i]!)) return;
      expect(close(found[i]!, want), `${name}'(${at[i]}): expected ${want}, got ${found[i]}`).toBe(true);
    });
  });
});

describe("norm", () => {
  const naive = (x: Tensor, p: number): number => {
    const all = Array.from(x.data, Math.abs);
    if (p === Infinity) return Math.max(...all);
    if (p === -Infinity) return Math.min(...all);
    if (p === 0) return all.filter((v) => v !== 0).length;
    return all.reduce((sum, v) => sum + v ** p, 0) ** (1 / p);
  };

  it.each([2, 1, 3, 1.5, 0.5, -1, 0, Infinity, -Infinity])("with p = %d", (p) => {
    const x = drawn([3, 4]);
    expect(x.norm({ p }).item()).toBeCloseTo(naive(x, p), 12);
    const rows = x.norm({ p, axis: 1, keepDims: true });
    expect(rows.shape).toEqual([3, 1]);
    rows.data.forEach((value, i) => expect(value).toBeCloseTo(naive(x.slice(i), p), 12));
    gradcheck((t) => t.norm({ p, axis: 0 }), [x], { order: 2 });
  });

  it.each([2, 1, 3, 1.5])("has no gradient at the zero vector, p = %d", (p) => {
    const x = double([0, 0]);
    expect(x.norm({ p }).item()).toBe(0);
    expect(grad(x.norm({ p }), [x])[0]!.toArray()).toEqual([0, 0]);
  });

  it("leaves a zero among others without a gradient", () => {
    const x = double([0, 2]);
    expect(grad(x.norm({ p: 1.5 }), [x])[0]!.data[0]).toBe(0);
    expect(
      tensor([], { shape: [0] })
        .norm({ p: 3 })
        .item(),
    ).toBe(0);
    expect(tensor([3, 4], { dtype: "int32" }).norm({ p: 1 }).dtype).toBe("float32");
  });
});

describe("what is empty", () => {
  it("has a logarithm of a sum of −∞, and a softmax without elements", () => {
    expect(zeros([0, 2]).logSumExp({ axis: 0 }).toArray()).toEqual([-Infinity, -Infinity]);
    expect(zeros([2, 0]).logSumExp({ axis: 0 }).shape).toEqual([0]);
    for (const f of [(x: Tensor) => x.softmax({ axis: 1 }), (x: Tensor) => x.logSoftmax({ axis: 1 })]) {
      const x = zeros([2, 0], { requiresGrad: true });
      expect(f(x).shape).toEqual([2, 0]);
      expect(grad(f(x).sum(), [x])[0]!.shape).toEqual([2, 0]);
      expect(() => f(zeros([0]))).toThrow("expected an axis in [-1, 0], got 1.");
    }
  });
});

describe("clamp", () => {
  it("takes bounds that broadcast, and passes the gradient to what was chosen", () => {
    const [x, low, high] = [double([-3, 0.5, 3]), double([-1]), double([2, 2, 2])];
    const y = x.clamp(low, high);
    expect(y.toArray()).toEqual([-1, 0.5, 2]);
    const gradients = grad(y.mul(double([1, 10, 100]).detach()).sum(), [x, low, high]);
    expect(gradients.map((g) => g.toArray())).toEqual([[0, 10, 0], [1], [0, 0, 100]]);
    gradcheck((a, b, c) => a.clamp(b, c), [drawn([2, 3]), drawn([3], -0.9, -0.5), drawn([2, 1], 0.5, 0.9)], {
      order: 2,
    });
  });

  it("lets the upper bound win, keeps NaN, and promotes", () => {
    expect(tensor([-5, 0, 5]).clamp(1, -1).toArray()).toEqual([-1, -1, -1]);
    expect(tensor([NaN]).clamp(0, 1).toArray()).toEqual([NaN]);
    expect(
      arange(3)
        .clamp(tensor([0.5]))
        .toArray(),
    ).toEqual([0.5, 1, 2]);
    expect(arange(3).clamp(undefined, 1).dtype).toBe("int32");
    expect(zeros([0]).clamp(0, 1).shape).toEqual([0]);
  });
});

describe("pad", () => {
  const x = tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore

  it.each([
    ["constant", [[0, 0], [1, 2]], [[9, 1, 2, 3, 9, 9], [9, 4, 5, 6, 9, 9]]],
    ["reflect", [[1, 0], [2, 1]], [[6, 5, 4, 5, 6, 5], [3, 2, 1, 2, 3, 2], [6, 5, 4, 5, 6, 5]]],
    ["replicate", [[0, 1], [2, 0]], [[1, 1, 1, 2, 3], [4, 4, 4, 5, 6], [4, 4, 4, 5, 6]]],
    ["circular", [[0, 1], [1, 3]], [[3, 1, 2, 3, 1, 2, 3], [6, 4, 5, 6, 4, 5, 6], [3, 1, 2, 3, 1, 2, 3]]],
    ["constant", [[-1, 1], [1, -2]], [[9, 4], [9, 9]]],
    ["reflect", [[0, 0], [-1, 1]], [[2, 3, 2], [5, 6, 5]]],
    ["circular", [[0, 0], [-1, 2]], [[2, 3, 2, 3], [5, 6, 5, 6]]],
  ] as const)("%s by %j", (mode, widths, expected) => {
    const value = mode === "constant" ? 9 : 0;
    expect(x.pad(widths, { mode, value }).toArray()).toEqual(expected);
    gradcheck((t) => t.pad(widths, { mode, value }), [drawn([2, 3])], { order: 2 });
  }); // prettier-ignore

  it("can take everything away, and add to what is empty", () => {
    expect(x.pad([[0, 0], [-2, -1]]).shape).toEqual([2, 0]); // prettier-ignore
    expect(zeros([0, 2]).pad([[1, 0], [0, 0]], { value: 3 }).toArray()).toEqual([[3, 3]]); // prettier-ignore
    expect(zeros([0, 2]).pad([[0, 0], [1, 1]], { mode: "reflect" }).shape).toEqual([0, 4]); // prettier-ignore
    expect(tensor(5).pad([]).item()).toBe(5);
    expect(
      arange(2)
        .pad([[1, 1]], { mode: "replicate" })
        .toArray(),
    ).toEqual([0, 0, 1, 1]);
  });
});

describe("roll", () => {
  const x = arange(6).reshape(2, 3);

  it.each([
    [1, 1, [[2, 0, 1], [5, 3, 4]]],
    [-1, -1, [[1, 2, 0], [4, 5, 3]]],
    [3, 0, [[3, 4, 5], [0, 1, 2]]],
    [[1, 4], [0, 1], [[5, 3, 4], [2, 0, 1]]],
    [[1, -1], [0, 0], [[0, 1, 2], [3, 4, 5]]],
    [2, undefined, [[4, 5, 0], [1, 2, 3]]],
  ] as const)("by %j along %j", (shift, axis, expected) => {
    expect(x.roll(shift, axis).toArray()).toEqual(expected);
    gradcheck((t) => t.roll(shift, axis), [drawn([2, 3])], { order: 2 });
  }); // prettier-ignore

  it("leaves what is empty or a scalar", () => {
    expect(zeros([0, 3]).roll(2, 0).shape).toEqual([0, 3]);
    expect(tensor(7).roll(1).item()).toBe(7);
  });
});

describe("einsum", () => {
  it("has dots for axes that broadcast", () => {
    const [a, b] = [drawn([2, 1, 2, 3]), drawn([4, 3, 2])];
    const y = einsum("...ij,...jk->...ik", a, b);
    expect(y.shape).toEqual([2, 4, 2, 2]);
    const product = a.matmul(b);
    y.data.forEach((value, i) => expect(value).toBeCloseTo(product.data[i]!, 12));
    gradcheck((s, t) => einsum("...ij,...jk->...ik", s, t), [a, b], { order: 2 });
  });

  it("puts them first where no result is written, and sums over them where it leaves them out", () => {
    const a = drawn([2, 3, 4]);
    expect(einsum("...i", a).shape).toEqual([2, 3, 4]);
    expect(einsum("i...->i", a).toArray()).toEqual(a.sum({ axis: [1, 2] }).toArray());
    expect(einsum("...ba", a).shape).toEqual([2, 4, 3]);
    expect(einsum("..., ->...", a, tensor(2, { dtype: "float64" })).toArray()).toEqual(a.mul(2).toArray());
  });

  it("repeats an extent of 1", () => {
    const [a, b] = [drawn([1, 3]), drawn([2, 3])];
    const y = einsum("ij,ij->ij", a, b);
    y.data.forEach((value, i) => expect(value).toBeCloseTo(a.mul(b).data[i]!, 13));
    expect(einsum("ij,ij->i", ones([1, 1]), ones([2, 3])).toArray()).toEqual([3, 3]);
    gradcheck((s, t) => einsum("ij,ij->i", s, t), [a, b], { order: 2 });
  });
});
