import { readFileSync } from "node:fs";
import { manualSeed, rand, randn, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { symmetricEigen } from "./symmetric-eigen.ts";
import { whiten } from "./whiten.ts";

interface Case {
  readonly train: number[][];
  readonly test: number[][];
  readonly components: number;
  readonly directions: number[][];
  readonly variance: number[];
  readonly pca: number[][];
  readonly eps: number;
  readonly zca: number[][];
}

const golden = new URL("../../test/golden/whitening.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(golden, "utf8")) as { readonly cases: readonly Case[] };
const wide = (data: number[][] | number[]): Tensor => tensor(data as number[], { dtype: "float64" });

/** The largest difference, relative to the largest value. */
function difference(a: Tensor, b: Tensor): number {
  return a.sub(b).abs().max().item() / b.abs().max().item();
}

/** `vᵀ Λ v` and `v vᵀ` against the matrix and the identity. */
function residuals(matrix: Tensor): number[] {
  const n = matrix.shape[0]!;
  const { values, vectors } = symmetricEigen(Float64Array.from(matrix.data), n);
  const v = tensor(vectors, { shape: [n, n] });
  const identity = tensor(
    Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
    { shape: [n, n] },
  );
  const made = v.transpose().mul(tensor(values)).matmul(v);
  const size = matrix.abs().max().item() || 1;
  return [made.sub(matrix).abs().max().item() / size, v.matmul(v.transpose()).sub(identity).abs().max().item()];
}

describe("symmetricEigen", () => {
  it("decomposes matrices of every kind to rounding", () => {
    manualSeed(1);
    const symmetric = (n: number): Tensor => {
      const x = randn([n, n], { dtype: "float64" });
      return x.add(x.transpose());
    };
    const low = randn([20, 3], { dtype: "float64" });
    const diagonal = wide([5, -1, 3, 3, 0]);
    const matrices: Tensor[] = [
      wide([[4]]),
      wide([[2, 1], [1, 2]]), // prettier-ignore
      zeros([4, 4], { dtype: "float64" }),
      diagonal
        .unsqueeze(0)
        .mul(wide([1, 1, 1, 1, 1]).unsqueeze(1))
        .mul(wide(Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => (i === j ? 1 : 0))))),
      ...[3, 10, 40].map(symmetric),
      symmetric(15).mul(1e200),
      symmetric(15).mul(1e-200),
      low.matmul(low.transpose()),
    ];
    for (const matrix of matrices) {
      for (const residual of residuals(matrix)) expect(residual).toBeLessThan(1e-13);
    }
  });
});

describe("whiten", () => {
  it.each(cases.map((each, i) => [i, each] as const))("agrees with scikit-learn (case %i)", (_, each) => {
    const { train, test, components, directions, variance, pca, eps, zca } = each;
    const fitted = whiten({ components }).fit(wide(train));
    expect(difference(fitted.components, wide(directions))).toBeLessThan(1e-9);
    expect(difference(fitted.variance, wide(variance))).toBeLessThan(1e-12);
    expect(difference(fitted.apply(wide(test)), wide(pca))).toBeLessThan(1e-9);
    const zcaFitted = whiten({ kind: "zca", eps }).fit(wide(train));
    expect(difference(zcaFitted.apply(wide(test)), wide(zca))).toBeLessThan(1e-9);
    expect(difference(zcaFitted.inverse(zcaFitted.apply(wide(test))), wide(test))).toBeLessThan(1e-9);
  });

  it.each(["pca", "zca"] as const)("makes the covariance of images the identity (%s)", (kind) => {
    manualSeed(2);
    const x = rand([60, 2, 2, 3], { dtype: "float64" }).cumsum({ axis: 0 }).square();
    const fitted = whiten({ kind }).fit(x);
    const y = fitted.apply(x);
    expect(y.shape).toEqual(kind === "zca" ? x.shape : [60, 12]);
    const rows = y.reshape([60, 12]);
    const cov = rows.transpose().matmul(rows).div(59);
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 12; j++) expect(cov.data[12 * i + j]).toBeCloseTo(i === j ? 1 : 0, 8);
    }
    expect(difference(fitted.inverse(y), x)).toBeLessThan(1e-9);
  });

  it("gives 0 where training samples do not vary, and the mean back", () => {
    manualSeed(3);
    // Rank 2 in 6 columns.
    const x = randn([20, 2], { dtype: "float64" })
      .matmul(randn([2, 6], { dtype: "float64" }))
      .add(5);
    for (const kind of ["pca", "zca"] as const) {
      const fitted = whiten({ kind }).fit(x);
      expect(Array.from(fitted.variance.data, (value) => value > 0)).toEqual([true, true, false, false, false, false]);
      const other = randn([4, 6], { dtype: "float64" }).mul(100);
      const y = fitted.apply(other);
      expect(y.abs().max().item()).toBeLessThan(1e4);
      if (kind === "pca") expect(y.slice([], [2, 6]).abs().max().item()).toBe(0);
      expect(difference(fitted.inverse(fitted.apply(x)), x)).toBeLessThan(1e-9);
    }
    // Fewer samples than columns.
    const few = randn([3, 5], { dtype: "float64" });
    expect(Array.from(whiten().fit(few).variance.data).filter((value) => value > 0)).toHaveLength(2);
    const constant = whiten().fit(wide([[1, 2], [1, 2]])); // prettier-ignore
    expect(constant.apply(wide([[9, 9]])).toArray()).toEqual([[0, 0]]);
    expect(constant.inverse(wide([[7, 7]])).toArray()).toEqual([[1, 2]]);
    // Their mean, summed up and divided, is off by a rounding.
    const rounded = whiten().fit(wide([[0.1], [0.1], [0.1], [0.1], [0.1], [0.1], [0.1]]));
    expect(rounded.apply(wide([[9]])).toArray()).toEqual([[0]]);
    expect(rounded.inverse(wide([[7]])).toArray()).toEqual([[0.1]]);
  });

  it("keeps float32, and learns nothing from what it is applied to", () => {
    const train = tensor([[1, 2], [3, 1], [2, 5]]); // prettier-ignore
    const fitted = whiten().fit(train);
    const test = tensor([[100, -100], [0, 0]]); // prettier-ignore
    const [both, alone] = [fitted.apply(test), fitted.apply(test.slice([0, 1]))];
    expect(both.dtype).toBe("float32");
    expect(both.slice([0, 1]).toArray()).toEqual(alone.toArray());
  });

  it.each<[() => unknown, string]>([
    [() => whiten({ kind: "ica" as never }), "whiten: expected kind pca or zca, got ica."],
    [() => whiten({ components: 3 }).fit(tensor([[1, 2], [3, 4]])), "whiten.fit: expected at most 2 components for as many columns, got 3."], // prettier-ignore
    [() => whiten().fit(tensor([[1, 2]])), "whiten.fit: expected at least two training samples, got 1."],
    [
      () => whiten().fit(tensor([[1], [Infinity]])),
      "whiten.fit: expected finite training values, got Infinity at flat index 1.",
    ],
    [() => whiten().fit(tensor([[1, 2], [3, 5]])).apply(tensor([[1]])), "whiten.apply: expected samples of shape [N, 2] as fitted, got shape [1, 1]."], // prettier-ignore
  ])("refuses %s", (call, message) => {
    expect(call).toThrow(message);
  });
});
