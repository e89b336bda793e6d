import "@tapegrad/autograd";
import { tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Adafactor } from "./adafactor.ts";
import { ASGD } from "./asgd.ts";
import { Ftrl } from "./ftrl.ts";
import { LAMB } from "./lamb.ts";
import { LARS } from "./lars.ts";
import { Rprop } from "./rprop.ts";
import { SparseAdam } from "./sparse-adam.ts";

const double = (...values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });
const gradient = (...values: number[]): Tensor => tensor(values, { dtype: "float64" });

describe("norms of layers", () => {
  it.each([
    ["parameter", double(0, 0), gradient(3, -4)],
    ["gradient", double(3, 4), gradient(0, 0)],
  ])("LAMB and LARS take steps of lr where the %s is 0", (_name, start, grad) => {
    for (const make of [LAMB, LARS]) {
      const [p, plain] = [start.detach().clone(), start.detach().clone()].map((each) => each.requiresGrad_());
      p!.grad = plain!.grad = grad;
      new make([p!], { lr: 0.5 }).step();
      new make([plain!], { lr: 0.5, trustRatio: false }).step();
      expect(p!.toArray()).toEqual(plain!.toArray());
      expect(Number.isFinite(p!.sum().item())).toBe(true);
    }
  });

  it.each([1e25, 1e-25])("neither overflow nor vanish in float32 (%d)", (size) => {
    const p = tensor([3 * size, 4 * size], { requiresGrad: true });
    p.grad = tensor([0, size]);
    new LARS([p], { lr: 1, trustCoefficient: 0.1 }).step();
    expect(p.data[1]! / size).toBeCloseTo(3.5, 5);
  });
});

describe("Adafactor", () => {
  it("keeps rows and columns of each matrix of a stack", () => {
    const p = zeros([2, 3, 4], { dtype: "float64", requiresGrad: true });
    p.grad = gradient(...Array.from({ length: 24 }, (_, i) => Math.sin(i + 1) + 1.5)).reshape(2, 3, 4);
    const optimizer = new Adafactor([p], { lr: 1, eps: [0, 1], d: 100 });
    optimizer.step();
    const { row_var, col_var } = optimizer.stateDict().state[0] as Record<string, Tensor>;
    expect([row_var!.shape, col_var!.shape]).toEqual([[2, 3, 1], [2, 1, 4]]); // prettier-ignore
    const g = p.grad.toArray() as number[][][];
    const mean = (x: readonly number[]): number => x.reduce((sum, each) => sum + each ** 2, 0) / x.length;
    g.forEach((matrix, k) => {
      const [rows, columns] = [matrix.map(mean), matrix[0]!.map((_, j) => mean(matrix.map((row) => row[j]!)))];
      const scale = (rows[0]! + rows[1]! + rows[2]!) / 3;
      matrix.forEach((row, i) =>
        row.forEach((each, j) => {
          expect(p.at(k, i, j).item()).toBeCloseTo(-each / Math.sqrt((rows[i]! * columns[j]!) / scale), 12);
        }),
      );
    });
  });

  it("takes the machine epsilon of each dtype, and trains numbers and nothing", () => {
    const params = [tensor(2, { requiresGrad: true }), zeros([0, 3], { requiresGrad: true }), double(0)];
    for (const p of params) p.grad = zeros(p.shape, { dtype: p.dtype }).add(1e-12);
    new Adafactor(params, { lr: 0.5 }).step();
    expect(params[0]!.item()).toBeCloseTo(2 - (2 * 0.5 * 1e-12) / 2 ** -23, 5);
    // Float64 knows it from 0: a step of the smallest size.
    expect(params[2]!.item()).toBeCloseTo(-0.5e-3, 12);
  });
});

describe("Ftrl", () => {
  it("changes nothing in a step with a rate of 0, and goes on afterwards", () => {
    const [p, q] = [double(0.5, -1), double(0.5, -1)];
    const [warm, cold] = [new Ftrl([p], { lr: 0.3, l1: 0.1 }), new Ftrl([q], { lr: 0.3, l1: 0.1 })];
    p.grad = gradient(1, 2);
    warm.lr = 0;
    warm.step();
    expect(p.toArray()).toEqual([0.5, -1]);
    warm.lr = 0.3;
    p.grad = q.grad = gradient(0.2, -0.4);
    warm.step();
    cold.step();
    expect(p.toArray()).toEqual(q.toArray());
  });

  it("keeps elements without a gradient so far, and passes NaN on", () => {
    const p = double(0.5, 0.5, 0.5);
    p.grad = gradient(0, 1, NaN);
    new Ftrl([p], { lr: 0.3, initialAccumulatorValue: 0 }).step();
    expect(p.toArray()).toEqual([0.5, expect.closeTo(0.5 - 0.3, 12), NaN]);
  });
});

describe("first steps", () => {
  it.each([Rprop, ASGD])("of %o take the rate of the moment", (Class) => {
    const p = double(1);
    const optimizer = new Class([p], { lr: 0.5 });
    optimizer.lr = 0.25;
    p.grad = gradient(1);
    optimizer.step();
    expect(p.item()).toBeCloseTo(0.75, 4);
  });

  it("of Rprop do not depend on sizes: products of gradients neither overflow nor vanish", () => {
    for (const size of [1e30, 1e-30]) {
      const p = tensor([1, 1], { requiresGrad: true });
      const optimizer = new Rprop([p], { lr: 0.25 });
      for (const signs of [
        [1, 1],
        [1, -1],
      ]) {
        // prettier-ignore
        p.grad = tensor(signs.map((sign) => sign * size));
        optimizer.step();
      }
      expect(p.data[0]).toBeCloseTo(1 - 0.25 - 0.3, 6);
      expect(p.data[1]).toBe(0.75);
    }
  });
});

describe("SparseAdam", () => {
  it("touches rows with anything but zeros, NaN included", () => {
    const p = zeros([3, 2], { dtype: "float64", requiresGrad: true });
    const optimizer = new SparseAdam([p], { lr: 0.5 });
    for (const rows of [
      [1, 0, 0, 0, NaN, 0],
      [0, 0, 1, 0, 0, 0],
    ]) {
      // prettier-ignore
      p.grad = gradient(...rows).reshape(3, 2);
      optimizer.step();
    }
    expect(p.at(0).toArray()).toEqual([expect.closeTo(-0.5, 6), 0]);
    expect(p.at(1, 0).item()).toBeLessThan(-0.1);
    expect(p.at(2, 0).item()).toBeNaN();
    expect(optimizer.stateDict().state[0]?.["exp_avg"]?.at(0).toArray()).toEqual([expect.closeTo(0.1, 12), 0]);
  });
});
