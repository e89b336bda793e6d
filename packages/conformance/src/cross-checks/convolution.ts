import { grad } from "@tapegrad/autograd";
import { functional as f } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { array, integer, record } from "fast-check";
import { seeds, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { at, expected, indices, inner } from "./naive.ts";

const axis = record({
  extent: integer({ min: 1, max: 5 }),
  size: integer({ min: 1, max: 3 }),
  stride: integer({ min: 1, max: 3 }),
  padding: integer({ min: 0, max: 2 }),
  dilation: integer({ min: 1, max: 2 }),
});
const inputs = record({
  axes: array(axis, { minLength: 1, maxLength: 3 }).filter((axes) =>
    axes.every(({ extent, size, padding, dilation }) => extent + 2 * padding >= (size - 1) * dilation + 1),
  ),
  groups: integer({ min: 1, max: 2 }),
  inside: integer({ min: 1, max: 2 }),
  outside: integer({ min: 1, max: 2 }),
  seed: seeds,
});

/** Sums by index. */
class Sums {
  readonly #sums: Map<string, number> = new Map();
  add(index: readonly number[], value: number): void {
    const key = index.join();
    this.#sums.set(key, (this.#sums.get(key) ?? 0) + value);
  }
  at(index: readonly number[]): number {
    return this.#sums.get(index.join()) ?? 0;
  }
}

const convolutions = [f.conv1d, f.conv2d, f.conv3d] as const;
const transposed = [f.convTranspose1d, f.convTranspose2d, f.convTranspose3d] as const;

/** Convolution by windows against the loop of its definition, and against its transpose. */
export const convolution: readonly CrossCheck[] = [
  crossCheck(
    "convolution against a loop, with gradients",
    inputs,
    ({ axes, groups, inside, outside, seed }, check) => {
      const draw = source(seed);
      const shape = [2, inside * groups, ...axes.map(({ extent }) => extent)];
      const filters = [outside * groups, inside, ...axes.map(({ size }) => size)];
      const [x, w, b] = [draw(...shape), draw(...filters), draw(outside * groups)].map((t) => t.requiresGrad_()) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const options = {
        stride: axes.map(({ stride }) => stride),
        padding: axes.map(({ padding }) => padding),
        dilation: axes.map(({ dilation }) => dilation),
        groups,
      };
      const conv = convolutions[axes.length - 1] as typeof f.conv1d;
      const y = conv(x, w, b, options);
      const ct = draw(...y.shape);
      const [sum, dx, dw, db] = [new Sums(), new Sums(), new Sums(), new Sums()];
      for (const [n = 0, o = 0, ...position] of indices(y.shape)) {
        const here = [n, o, ...position];
        sum.add(here, at(b, [o]));
        db.add([o], at(ct, here));
        for (const [c = 0, ...offset] of indices(filters.slice(1))) {
          const source = axes.map(
            ({ stride, padding, dilation }, a) => position[a]! * stride + offset[a]! * dilation - padding,
          );
          if (source.some((p, a) => p < 0 || p >= (axes[a]?.extent ?? 0))) continue;
          const from = [n, Math.floor(o / outside) * inside + c, ...source];
          const weight = [o, c, ...offset];
          sum.add(here, at(x, from) * at(w, weight));
          dx.add(from, at(ct, here) * at(w, weight));
          dw.add(weight, at(ct, here) * at(x, from));
        }
      }
      const out = [
        2,
        outside * groups,
        ...axes.map(
          ({ extent, size, stride, padding, dilation }) =>
            Math.floor((extent + 2 * padding - (size - 1) * dilation - 1) / stride) + 1,
        ),
      ];
      check.tensor(
        "y",
        y,
        expected(out, (i) => sum.at(i)),
      );
      const [gx, gw, gb] = grad(y, [x, w, b], { cotangent: ct });
      check.tensor(
        "dx",
        gx,
        expected(shape, (i) => dx.at(i)),
      );
      check.tensor(
        "dw",
        gw,
        expected(filters, (i) => dw.at(i)),
      );
      check.tensor(
        "db",
        gb,
        expected([outside * groups], (i) => db.at(i)),
      );

      const transpose = transposed[axes.length - 1] as typeof f.convTranspose1d;
      const { stride, padding, dilation } = options;
      // What the strides leave over at the end: ⟨conv(x), ct⟩ = ⟨x, convᵀ(ct)⟩ needs the extents of x back.
      const outputPadding = axes.map(
        ({ extent, size }, a) => (extent + 2 * padding[a]! - (size - 1) * dilation[a]! - 1) % stride[a]!,
      );
      const back = transpose(ct, w, undefined, { stride, padding, dilation, groups, outputPadding });
      check.number("⟨conv(x), y⟩", inner(conv(x, w, undefined, options), ct), inner(x, back));
    },
    { runs: 40 },
  ),
];
