import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import {
  localResponseNorm,
  normalize,
  powerIteration,
  spectralNorm,
  weightNorm,
  type LocalResponseNormOptions,
} from "../../src/functional.ts";
import { groupsOver } from "./naive-norm.ts";
import type { NormCall } from "./norm-case.ts";

const generator = new Generator(101);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const axesOf = (shape: readonly number[]): number[] => shape.map((_, axis) => axis);

/** The definition of localResponseNorm in loops. */
export function naiveLocalResponse(
  x: readonly number[],
  shape: readonly number[],
  size: number,
  { alpha = 1e-4, beta = 0.75, k = 1, average = true }: LocalResponseNormOptions,
): number[] {
  const [, channels = 0] = shape;
  const inner = shape.slice(2).reduce((product, extent) => product * extent, 1);
  return x.map((value, i) => {
    const channel = Math.floor(i / inner) % channels;
    let sum = 0;
    for (let d = -Math.floor(size / 2); d <= Math.floor((size - 1) / 2); d++) {
      if (channel + d >= 0 && channel + d < channels) sum += (x[i + d * inner] ?? NaN) ** 2;
    }
    return value / (k + (average ? alpha / size : alpha) * sum) ** beta;
  });
}

const localResponses: readonly (readonly [shape: number[], size: number, options: LocalResponseNormOptions])[] = [
  [[2, 5, 4], 2, {}],
  [[2, 5, 4], 3, { alpha: 0.5, beta: 0.75, k: 1 }],
  [[1, 4, 2, 3], 4, { alpha: 0.8, beta: 0.9, k: 1.5 }],
  [[1, 3, 2, 1, 2], 9, { alpha: 2, beta: 0.6 }],
  [[2, 3, 1], 1, { alpha: 0.3, k: 2 }],
  [[2, 5, 4], 3, { alpha: 0.4, beta: 0.5, average: false }],
];

export const localResponseNormCalls: readonly NormCall[] = localResponses.map(([shape, size, options]) => ({
  name: `of shape [${shape.join(", ")}] over ${size} channels`,
  inputs: [draw(...shape)],
  run: (x: Tensor) => localResponseNorm(x, size, options),
  naive: (x: number[]) => naiveLocalResponse(x, shape, size, options),
}));

/** ‖x‖ₚ of the elements at `group`. */
function length(x: readonly number[], group: readonly number[], p: number = 2): number {
  const magnitudes = group.map((at) => Math.abs(x[at] ?? NaN));
  if (p === Infinity) return Math.max(...magnitudes);
  return magnitudes.reduce((sum, value) => sum + value ** p, 0) ** (1 / p);
}

export const normalizeCalls: readonly NormCall[] = [1, 2, 3, Infinity].flatMap((p) =>
  [0, 1, -1].flatMap((axis) =>
    [1e-12, 3].map((eps) => {
      const shape = [3, 4, 2];
      return {
        name: `p = ${p} along ${axis} with eps ${eps}`,
        inputs: [draw(...shape)],
        run: (x: Tensor) => normalize(x, { p, axis, eps }),
        naive: (x: number[]) => {
          const y = [...x];
          for (const group of groupsOver(shape, [axis < 0 ? axis + 3 : axis])) {
            for (const at of group) y[at] = (x[at] ?? NaN) / Math.max(length(x, group, p), eps);
          }
          return y;
        },
      };
    }),
  ),
);

export const weightNormCalls: readonly NormCall[] = [
  [3, 5],
  [4, 2, 3],
  [2, 3, 2, 2],
].flatMap((shape) =>
  [0, 1, -1, null].map((axis) => {
    const kept = axis === null ? undefined : (axis + shape.length) % shape.length;
    return {
      name: `of shape [${shape.join(", ")}] along ${axis}`,
      inputs: [
        draw(...shape),
        draw(...(axis === null ? [] : shape.map((extent, i) => (i === kept ? extent : 1))))
          .square()
          .add(0.5),
      ],
      run: (v: Tensor, g: Tensor) => weightNorm(v, g, { axis }),
      naive: (v: number[], g: number[]) => {
        const w = [...v];
        // The groups come in the order of the entries of `axis`, as do the lengths.
        groupsOver(
          shape,
          axesOf(shape).filter((i) => i !== kept),
        ).forEach((group, row) => {
          for (const at of group) w[at] = ((g[row] ?? NaN) * (v[at] ?? NaN)) / length(v, group);
        });
        return w;
      },
    };
  }),
);

const matrices: readonly (readonly [shape: number[], axis: number])[] = [[[3, 5], 0], [[3, 2, 2], 1], [[2, 3, 2, 2], -4]]; // prettier-ignore

export const spectralNormCalls: readonly NormCall[] = matrices.map(([shape, axis]) => {
  const w = draw(...shape);
  const first = axis < 0 ? axis + shape.length : axis;
  const rows = shape[first] ?? 0;
  const [u, v] = powerIteration(w, draw(rows), draw(w.size / rows), { axis, iterations: 2 });
  return {
    name: `of shape [${shape.join(", ")}], rows along ${axis}`,
    inputs: [w],
    run: (at: Tensor) => spectralNorm(at, u.to(at.dtype), v.to(at.dtype), { axis }),
    naive: (at: number[]) => {
      let sigma = 0;
      groupsOver(
        shape,
        axesOf(shape).filter((i) => i !== first),
      ).forEach((row, i) =>
        row.forEach((element, j) => (sigma += (u.data[i] ?? NaN) * (at[element] ?? NaN) * (v.data[j] ?? NaN))),
      );
      return at.map((value) => value / sigma);
    },
  };
});
