import { grad } from "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { Generator, randn, type Tensor, tensor, where } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import {
  bandsOf,
  draw,
  expectBitsOfWhole,
  expectSoftmaxOfWhole,
  generator,
  type Mask,
  maskOf,
  masks,
  softmax,
  visible,
} from "./banded.ts";
import { expectSameAsEager } from "./same-as-eager.ts";
import { expectEqual } from "./segments.ts";
import { until } from "./until.ts";
import { wasmExecutableOf } from "./wasm-executable-of.ts";

describe("rows of a masked softmax", () => {
  it("have the bits of whole rows, of every extent", () => {
    for (let extent = 1; extent <= 70; extent++) expectSoftmaxOfWhole(masks["a triangle"]!, [2, extent, extent]);
  });

  it.each(Object.keys(masks))("under %s, in both precisions", (name) => {
    const shapes = [16, 31, 32, 33, 45, 64, 70].map((extent) => [extent, extent]);
    for (const shape of [...shapes, [40, 64], [64, 40], [13, 70], [70, 13], [1, 64], [64, 1]]) {
      for (const dtype of ["float32", "float64"] as const) expectSoftmaxOfWhole(masks[name]!, [3, ...shape], dtype);
    }
  });

  it.each<readonly [string, readonly number[], number, number]>([
    ["a triangle", [64, 64], -63, 0],
    // Every row has an element in its band.
    ["a strict triangle", [64, 64], -63, 0],
    ["a reversed triangle", [64, 64], 0, 63],
    ["a strict reversed triangle", [64, 64], 0, 63],
    ["a diagonal", [64, 64], 0, 0],
    ["a window", [64, 64], -8, 0],
    ["a window of later columns", [64, 64], 0, 19],
    ["a window of later columns", [40, 70], 3, 19],
    ["the columns that are far behind", [64, 64], -63, 0],
    ["the columns that are far behind", [40, 70], -39, 0],
  ])("are computed in the band of %s of %j", (name, shape, lower, upper) => {
    const banded = expectSoftmaxOfWhole(masks[name]!, [3, ...shape]);
    expect(bandsOf(banded)).toEqual([{ rows: 1, columns: 2, lower, upper }]);
  });

  it("are those of eager code, in rows that are not finite as well", () => {
    for (const mask of Object.values(masks)) {
      const [scores, cotangent] = [draw([2, 40, 40]).requiresGrad_(), draw([2, 40, 40])];
      expectSameAsEager((wrap) => {
        const run = wrap(() => {
          const y = softmax(visible(scores, maskOf(mask, 40, 40)));
          return [y, ...grad(y, [scores], { cotangent })];
        });
        return run();
      });
    }
  });

  it("are whole where few columns are left out", () => {
    for (const extent of [1, 8, 16, 24]) {
      const banded = expectSoftmaxOfWhole(masks["a triangle"]!, [3, extent, extent]);
      expect(bandsOf(banded)).toEqual([undefined]);
    }
  });

  it("are whole where anything depends on what is hidden", () => {
    const [x, rows] = [draw([3, 64, 64]), draw([3, 64, 1])];
    const seen = (): Tensor => maskOf(masks["a triangle"]!, 64, 64);
    const runs: readonly (() => Tensor | Tensor[])[] = [
      // Of −∞ less −∞ everything is NaN, and a logarithm is −∞ or NaN.
      () => visible(x, seen()).softmax(),
      () => visible(x, seen()).logSoftmax(),
      () => softmax(where(seen(), x, -1e30)),
      // Less −∞ it is NaN, and NaN of one column is not of others.
      () => visible(x, seen()).sub(rows).exp().sum({ axis: 2 }),
      () =>
        visible(x, seen())
          .sub(where(x.eq(-Infinity), 0, x))
          .exp()
          .sum({ axis: 2 }),
      // 0, or NaN in all of a row.
      () => {
        const powers = visible(x, seen())
          .sub(where(rows.eq(-Infinity), 0, rows))
          .exp();
        return [powers, powers.sum({ axis: 2 })];
      },
      () => softmax(where(seen(), -Infinity, x)),
      () => softmax(x).add(where(seen(), x, 0)),
      () => where(seen(), x, 0).max({ axis: 2 }),
      () => where(seen(), x, 1).sum({ axis: 2 }),
      // Columns are rows of the transposed matrices.
      () => where(seen(), x, 0).sum({ axis: 1 }),
      () => where(seen(), x.transpose(-1, -2), 0).sum({ axis: 1 }),
      () => where(seen(), x, 0).transpose(-1, -2).sum({ axis: 2 }),
      // Lanes lie along what is no column.
      () => where(seen(), x.transpose(-1, -2), 0).sum({ axis: 2 }),
      () => where(seen(), x, 0).sum({ axis: [1, 2] }),
    ];
    for (const run of runs) {
      const compiled = compile(run as () => Tensor);
      compiled();
      expect(bandsOf(compiled).every((band) => band === undefined)).toBe(true);
      expectSameAsEager((wrap) => wrap(run)());
    }
  });

  it("besides dropout, padding, numbers that are added, and axes of a batch that share a mask", () => {
    const [scores, cotangent] = [draw([2, 3, 48, 48]).requiresGrad_(), draw([2, 3, 48, 48])];
    const padding = randn([2, 1, 1, 48], { generator }).gt(-0.5);
    const numbers = randn([48, 48], { generator });
    const weights: ((seen: Tensor) => Tensor)[] = [
      (seen) =>
        functional.dropout(softmax(visible(scores, seen)), { rate: 0.3, training: true, generator: new Generator(2) }),
      (seen) => softmax(visible(scores.mul(0.25), padding.logicalAnd(seen))),
      (seen) => softmax(visible(visible(scores, padding).add(numbers), seen)),
      (seen) =>
        softmax(visible(scores.reshape([6, 48, 48]), seen))
          .reshape([2, 3, 48, 48])
          .mul(-2),
    ];
    for (const weigh of weights) {
      const banded = expectBitsOfWhole(masks["a triangle"]!, [48, 48], (seen) => {
        const y = weigh(seen);
        return [y, ...grad(y, [scores], { cotangent })];
      });
      expect(bandsOf(banded).filter((band) => band !== undefined)).not.toEqual([]);
    }
  });

  it("as sums of more terms, which float64 adds up, and as other reductions", () => {
    expectSoftmaxOfWhole(masks["a triangle"]!, [560, 560]);
    const x = draw([3, 50, 50]);
    for (const reduce of [
      (seen: Tensor) => where(seen, x, 0).sum({ axis: 2 }),
      (seen: Tensor) => where(seen, x, -0).sum({ axis: -1, keepDims: true }),
      (seen: Tensor) => where(seen, x, 1).prod({ axis: 2 }),
      (seen: Tensor) => where(seen, x, Infinity).min({ axis: 2 }),
      (seen: Tensor) =>
        where(seen, x, 0)
          .mul(where(seen, 2, 0))
          .sum({ axis: 2 }),
      (seen: Tensor) => where(seen, x, 0).div(3).to("float64").sum({ axis: 2 }),
    ]) {
      for (const mask of Object.values(masks)) expectBitsOfWhole(mask, [50, 50], (seen) => [reduce(seen)]);
    }
  });

  it("under several masks at once, in the diagonals of all of them", () => {
    const x = draw([64, 64, 64]);
    const runs: readonly ((seen: Tensor, other: Tensor) => Tensor[])[] = [
      (seen, other) => [where(other, x, 0).sum({ axis: 2 }), where(seen, x, 0).sum({ axis: 2 })],
      (seen, other) => [where(seen, x, 0).sum({ axis: 2 }), where(other, x, 0).sum({ axis: 2 })],
      // NaN times 0 is no 0.
      (seen, other) => [
        where(other, 2, 0)
          .mul(where(seen, x, 0))
          .sum({ axis: 2 }),
      ],
      (seen, other) => [
        where(seen, x, 0)
          .mul(where(other, 2, 0))
          .sum({ axis: 2 }),
      ],
    ];
    for (const run of runs) {
      const banded = expectBitsOfWhole(masks["a triangle"]!, [64, 64], (seen, see) =>
        run(seen, see(masks["a window"]!)),
      );
      expect(bandsOf(banded)).toEqual([{ rows: 1, columns: 2, lower: -63, upper: 0 }]);
    }
  });

  it("of matrices in other axes, beside each other", () => {
    const x = draw([64, 64, 64]);
    expectBitsOfWhole(masks["a triangle"]!, [64, 64], (seen) => {
      const shown = where(seen, x, 0);
      return [shown.sum({ axis: 2 }), where(seen, shown.transpose(0, 1), 0).sum({ axis: 2 })];
    });
  });

  it("that a kernel reads which knows of no mask itself", () => {
    const [scores, factor] = [draw([3, 64, 64]), randn([64, 64], { generator })];
    const banded = expectBitsOfWhole(masks["a triangle"]!, [64, 64], (seen) => {
      const y = softmax(visible(scores, seen));
      const product = y.matmul(factor);
      return [where(y.eq(0), 0, product).mul(y).sum({ axis: 2 })];
    });
    const band = { rows: 1, columns: 2, lower: -63, upper: 0 };
    expect(bandsOf(banded)).toEqual([band, undefined, band]);
  });

  it("keep the sign of zeros that products round to", () => {
    const [scores, cotangent] = [tensor(0).broadcastTo([64, 64]).clone().requiresGrad_(), new Float32Array(64 * 64)];
    for (let at = 0; at < cotangent.length; at++) cotangent[at] = at % 64 < 8 ? -(2 ** -149) : -0;
    const ct = tensor(cotangent, { shape: [64, 64] });
    for (const mask of Object.values(masks)) {
      expectBitsOfWhole(mask, [64, 64], (seen) => grad(softmax(visible(scores, seen)), [scores], { cotangent: ct }));
    }
  });

  it("by any number of threads, of one matrix and of several", async () => {
    for (const threads of [2, 3]) {
      for (const shape of [
        [203, 203],
        [8, 70, 70],
      ] as const) {
        const run = (x: Tensor): Tensor =>
          softmax(visible(x, maskOf(masks["a triangle"]!, shape.at(-2)!, shape.at(-1)!)));
        // One after the other, as what a call has not written holds what the one before has.
        const inputs = [draw(shape), draw(shape)];
        const [alone, shared] = [compile(run, { threads: 1 }), compile(run, { threads })];
        const wanted = inputs.map((x) => alone(x).clone());
        await until(() => {
          inputs.forEach((x, i) => expectEqual(shared(x), wanted[i]!));
          return wasmExecutableOf(shared)!.lastThreads === threads;
        });
      }
    }
  });

  it("of matrices of several heights whose bands have the same diagonals", () => {
    const [small, large] = [draw([64, 90]), draw([90, 90])];
    const behind: Mask = (row, column) =>
      column(0)
        .le(row(0))
        .logicalAnd(column(63).ge(row(0)));
    const run = (): Tensor[] => [small, large].map((x) => softmax(visible(x, maskOf(behind, x.shape[0]!, 90))));
    const both = compile(run);
    const each = [small, large].map((x) =>
      compile((moved: Tensor) => softmax(visible(x, maskOf(behind, x.shape[0]!, 90, moved)))),
    );
    both().forEach((got, i) => expectEqual(got, each[i]!(tensor(0, { dtype: "int32" }))));
    expect(bandsOf(both).map((band) => band?.lower)).toEqual([-63, -63]);
  });

  it("are counted in floating-point operations", () => {
    const x = draw([3, 64, 64]);
    const f = compile((mask?: Tensor) => where(mask ?? maskOf(masks["a triangle"]!, 64, 64), x, 0).sum({ axis: 2 }));
    f();
    expect(f.plan!.flops).toBe((3 * (64 * 65)) / 2);
    f(maskOf(masks["a triangle"]!, 64, 64));
    expect(f.plan!.flops).toBe(3 * 64 * 64);
  });
});
