import { grad } from "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, it } from "vitest";
import { expectSameAsEager } from "./same-as-eager.ts";

// Sums over standardized groups follow from their statistics: Σx, Σx̂² and Σg·x̂, which are summed eagerly.
const extents = [3, 63, 64, 67, 256, 600];
const cases = (["float32", "float64"] as const).flatMap((dtype) =>
  extents.flatMap((extent) => [0, 1000].map((offset) => [dtype, extent, offset] as const)),
);

function drawn(dtype: "float32" | "float64", extent: number, offset: number): readonly [x: Tensor, g: Tensor] {
  const generator = new Generator(extent);
  const [x, g] = [randn([5, extent], { generator, dtype }), randn([5, extent], { generator, dtype })];
  return [x.mul(3).add(offset), g];
}

describe("sums over groups that are standardized", () => {
  it.each(cases)("of %s, %i elements around %f", (dtype, extent, offset) => {
    expectSameAsEager(
      (wrap) => {
        const [x, g] = drawn(dtype, extent, offset);
        const f = wrap((a: Tensor, b: Tensor) => {
          const y = functional.layerNorm(a, [extent]);
          return [y, a.sum({ axis: 1 }), y.square().sum({ axis: 1 }), y.mul(b).sum({ axis: 1 })];
        });
        return f(x, g);
      },
      dtype === "float64" ? 1e-11 : 1e-5,
    );
  });

  it.each(cases)("and their gradients, of %s, %i elements around %f", (dtype, extent, offset) => {
    expectSameAsEager(
      (wrap) => {
        const [x, g] = drawn(dtype, extent, offset);
        x.requiresGrad_();
        const f = wrap((a: Tensor, b: Tensor) => {
          const y = functional.layerNorm(a, [extent]);
          const parts = [y.square().sum({ axis: 1 }), y.mul(b).sum({ axis: 1 }), a.sum({ axis: 1 }).mul(1e-3)];
          const value = parts.reduce((sum, part, i) => sum.add(part.mul(b.slice([], i)).sum()), y.mul(b).mul(b).sum());
          return grad(value, [a]);
        });
        return f(x, g);
      },
      dtype === "float64" ? 1e-9 : 1e-4,
    );
  });

  it("are infinite or NaN where an element is", () => {
    expectSameAsEager((wrap) => {
      const [x] = drawn("float32", 128, 0);
      x.data[5] = Infinity;
      x.data[128 + 7] = NaN;
      const f = wrap((a: Tensor) => {
        const y = functional.layerNorm(a, [128]);
        return [a.sum({ axis: 1 }), y.square().sum({ axis: 1 }), y.sum({ axis: 1 })];
      });
      const [sums, squares] = f(x).map((sum) => sum.toArray(1)) as [number[], number[]];
      return [sums.slice(0, 2).map(String), squares.map(Number.isNaN)];
    });
  });
});
