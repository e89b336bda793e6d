import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Generator, randn, type Tensor, tensor } from "../index.ts";
import { apply, fromData, sizeOf, stridesOf } from "../internal.ts";

/** Element of `x` at `index`, with axes of extent 1 repeated: the definition that kernels are held against. */
function at(x: Tensor, index: readonly number[]): number {
  const strides = stridesOf(x.shape);
  const own = index.slice(index.length - x.ndim);
  return x.data[own.reduce((sum, i, axis) => sum + (x.shape[axis] === 1 ? 0 : i) * strides[axis]!, 0)]!;
}

/** Every index of `shape` in row-major order. */
function* indices(shape: readonly number[]): IterableIterator<number[]> {
  const strides = stridesOf(shape);
  for (let k = 0; k < sizeOf(shape); k++) {
    yield shape.map((extent, axis) => Math.floor(k / strides[axis]!) % extent);
  }
}

function filled(shape: readonly number[], seed: number): Tensor {
  return randn(shape, { dtype: "float64", generator: new Generator(seed) });
}

const extents = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
/** Two shapes that broadcast to the third. */
const broadcastable = extents.chain((shape) =>
  fc
    .tuple(
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.nat(4),
      fc.nat(4),
    )
    .map(([onesA, onesB, dropA, dropB]) => ({
      a: shape.map((n, i) => (onesA[i] && n > 0 ? 1 : n)).slice(dropA),
      b: shape.map((n, i) => (onesB[i] && n > 0 ? 1 : n)).slice(dropB),
    })),
);
const shapeAndAxes = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
  .chain((shape) => fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, i) => i))));

describe("kernels against their definitions", () => {
  it("broadcasts binary operations and where", () => {
    fc.assert(
      fc.property(broadcastable, fc.nat(), ({ a, b }, seed) => {
        const [x, y] = [filled(a, seed), filled(b, seed + 1)];
        const sum = x.add(y);
        const chosen = apply("where", [x.gt(0), x, y], {})[0];
        let k = 0;
        for (const index of indices(sum.shape)) {
          expect(sum.data[k]).toBe(at(x, index) + at(y, index));
          expect(chosen.data[k++]).toBe(at(x, index) > 0 ? at(x, index) : at(y, index));
        }
        expect(k).toBe(sum.size);
      }),
    );
  });

  it("reduces any axes", () => {
    fc.assert(
      fc.property(shapeAndAxes, fc.nat(), ([shape, axes], seed) => {
        const x = filled(shape, seed);
        const total = x.sum({ axis: axes, keepDims: true });
        const largest = x.max({ axis: axes, keepDims: true });
        for (const index of indices(total.shape)) {
          let [sum, best] = [0, -Infinity];
          for (const i of indices(shape)) {
            if (i.some((v, axis) => !axes.includes(axis) && v !== index[axis])) continue;
            sum += at(x, i);
            best = Math.max(best, at(x, i));
          }
          expect(at(total, index)).toBeCloseTo(sum, 12);
          expect(at(largest, index)).toBe(best);
        }
      }),
    );
  });

  it("standardizes over any axes", () => {
    fc.assert(
      fc.property(shapeAndAxes, fc.nat(), fc.boolean(), ([shape, axes], seed, center) => {
        const x = filled(shape, seed);
        const [xhat, rstd] = apply("standardize", [x], { axes, eps: 1e-3, center });
        for (const index of indices(rstd.shape)) {
          const group = [...indices(shape)].filter((i) =>
            i.every((v, axis) => axes.includes(axis) || v === index[axis]),
          );
          const mean = center ? group.reduce((sum, i) => sum + at(x, i), 0) / group.length : 0;
          const moment = group.reduce((sum, i) => sum + (at(x, i) - mean) ** 2, 0) / group.length;
          const expected = 1 / Math.sqrt(moment + 1e-3);
          expect(at(rstd, index)).toBeCloseTo(expected, 10);
          for (const i of group) expect(at(xhat, i)).toBeCloseTo((at(x, i) - mean) * expected, 10);
        }
      }),
    );
  });

  it("undoes what it moved", () => {
    fc.assert(
      fc.property(shapeAndAxes, fc.nat(), ([shape, axes], seed) => {
        const x = filled(shape, seed);
        const order = shape
          .map((_, i) => i)
          .sort((i, j) => Number(axes.includes(i)) - Number(axes.includes(j)) || i - j);
        const back = order.map((_, i) => order.indexOf(i));
        expect(x.permute(order).permute(back).data).toEqual(x.data);
        expect(x.flip(axes).flip(axes).data).toEqual(x.data);
        expect(x.reshape(-1).reshape(shape).data).toEqual(x.data);
        const padded = x.pad(shape.map((_, i) => [i, 2]));
        expect(padded.slice(...shape.map((n, i): [number, number] => [i, i + n])).data).toEqual(x.data);
      }),
    );
  });

  it("multiplies batches of matrices, transposed or not, small and large", () => {
    const extent = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(
        extent,
        extent,
        extent,
        fc.boolean(),
        fc.boolean(),
        fc.nat(),
        (m, n, k, transposeA, transposeB, seed) => {
          const a = filled(transposeA ? [2, 1, k, m] : [2, 1, m, k], seed);
          const b = filled(transposeB ? [3, n, k] : [3, k, n], seed + 1);
          const [product] = apply("matmul", [a, b], { transposeA, transposeB });
          expect(product.shape).toEqual([2, 3, m, n]);
          for (const [p, q, i, j] of indices(product.shape) as Iterable<[number, number, number, number]>) {
            let sum = 0;
            for (let l = 0; l < k; l++) {
              sum += at(a, transposeA ? [p, 0, l, i] : [p, 0, i, l]) * at(b, transposeB ? [q, j, l] : [q, l, j]);
            }
            expect(at(product, [p, q, i, j])).toBeCloseTo(sum, 10);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("has adjoints: ⟨gather x, y⟩ = ⟨x, scatterAdd y⟩ and ⟨windows x, y⟩ = ⟨x, foldWindows y⟩", () => {
    const inner = (a: Tensor, b: Tensor): number => a.mul(b).sum().item();
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 2 }),
        fc.nat(),
        (n, stride, dilation, seed) => {
          const x = filled([2, n, 3], seed);
          const attrs = { axes: [1], size: [3], stride: [stride], dilation: [dilation] };
          const [taken] = apply("windows", [x], attrs);
          const y = filled(taken.shape, seed + 1);
          const [folded] = apply("foldWindows", [y], { ...attrs, shape: x.shape });
          expect(inner(taken, y)).toBeCloseTo(inner(x, folded), 10);
          const index = tensor(
            Int32Array.from({ length: 2 * 4 * 3 }, (_, i) => (i * 7 + seed) % n),
            { shape: [2, 4, 3] },
          );
          const z = filled([2, 4, 3], seed + 2);
          expect(inner(x.gather(1, index), z)).toBeCloseTo(inner(x, x.mul(0).scatterAdd(1, index, z)), 10);
        },
      ),
    );
  });

  it("sums ten million float32 tenths to the last digit", () => {
    const x = fromData(new Float32Array(1e7).fill(0.1), [1e7], "float32");
    expect(x.sum().item()).toBe(Math.fround(1000000.0149011612));
  });
});
