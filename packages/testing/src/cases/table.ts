import type { AttrsOf, PrimitiveName } from "@tapegrad/tensor/internal";
import { build, fiber, type Nd, positions } from "../nd.ts";
import { binaryCases } from "./binary.ts";
import { drawn, type Entries, given } from "./case.ts";
import { contractionCases } from "./contraction.ts";
import { movementCases } from "./movement.ts";
import { reductionCases } from "./reductions.ts";
import { softmaxCases } from "./softmax.ts";
import { unaryCases } from "./unary.ts";

const standardize = (x: Nd, { axes, eps, center }: AttrsOf<"standardize">): Nd[] => {
  const statistics = (position: readonly number[]): [number, number] => {
    const elements = fiber(x, position, axes);
    const mean = center ? elements.reduce((sum, e) => sum + e, 0) / elements.length : 0;
    const second = elements.reduce((sum, e) => sum + (e - mean) ** 2, 0) / elements.length;
    return [mean, 1 / Math.sqrt(second + eps)];
  };
  const shape = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const all = positions(x.shape);
  const xhat = { shape: x.shape, data: x.data.map((e, i) => (e - statistics(all[i]!)[0]) * statistics(all[i]!)[1]) };
  return [xhat, build(shape, (position) => statistics(position)[1])];
};

/** The Jacobian of x̂ is symmetric, so its rows are summed with g entry by entry. */
const standardizeGrad = (g: Nd, x: Nd, attrs: AttrsOf<"standardize">): Nd => {
  const [xhat, rstd] = standardize(x, attrs) as [Nd, Nd];
  const all = positions(x.shape);
  const group = (position: readonly number[]): string =>
    position.map((p, axis) => (attrs.axes.includes(axis) ? 0 : p)).join();
  const groups = all.map(group);
  const names = positions(rstd.shape).map(group);
  const data = all.map((_, i) => {
    const members = groups.flatMap((name, j) => (name === groups[i] ? [j] : []));
    const n = members.length;
    const r = rstd.data[names.indexOf(groups[i]!)]!;
    return members.reduce((sum, j) => {
      const kept = (i === j ? 1 : 0) - (attrs.center ? 1 / n : 0);
      return sum + g.data[j]! * r * (kept - (xhat.data[i]! * xhat.data[j]!) / n);
    }, 0);
  });
  return { shape: x.shape, data };
};

const small = [0.01, -0.02, 0.015, 0.03, -0.01, 0.02, 0.005, -0.025];
const offset = [1000.1, 1001.3, 999.2, 1000.8, 998.7, 1000.4];

/** Cases of every primitive: one that is forgotten does not compile. */
export const caseTable: Entries<PrimitiveName> = {
  ...unaryCases,
  ...binaryCases,
  ...reductionCases,
  ...movementCases,
  ...contractionCases,
  ...softmaxCases,
  standardize: {
    reference: ([x], attrs) => standardize(x!, attrs),
    cases: [
      { attrs: { axes: [1], eps: 1e-5, center: true }, inputs: [drawn(3, 4)] },
      { attrs: { axes: [0], eps: 1e-5, center: true }, inputs: [drawn(4, 3)] },
      { attrs: { axes: [0, 2], eps: 1e-3, center: true }, inputs: [drawn(2, 3, 2)] },
      { attrs: { axes: [1, 2], eps: 1e-5, center: true }, inputs: [drawn(2, 2, 3)] },
      { attrs: { axes: [1], eps: 1e-5, center: false }, inputs: [drawn(3, 4)] },
      { attrs: { axes: [2, 3], eps: 1e-6, center: false }, inputs: [drawn(1, 2, 2, 2)] },
      { attrs: { axes: [1], eps: 1e-5, center: true }, inputs: [given([2, 4], small)] },
      { attrs: { axes: [1], eps: 1e-5, center: false }, inputs: [given([2, 4], small)] },
      { attrs: { axes: [1], eps: 1e-5, center: true }, inputs: [given([2, 3], offset)] },
      { attrs: { axes: [1], eps: 1e-2, center: true }, inputs: [drawn(3, 1)] },
      { attrs: { axes: [1], eps: 1e-5, center: true }, inputs: [drawn(3, 2)] },
      { attrs: { axes: [1], eps: 1e-5, center: true }, inputs: [drawn(0, 3)] },
    ],
  },
  standardizeGrad: {
    reference: ([g, x], attrs) => [standardizeGrad(g!, x!, attrs)],
    cases: [
      { attrs: { axes: [1], eps: 1e-5, center: true }, inputs: [drawn(3, 4), drawn(3, 4)] },
      { attrs: { axes: [0], eps: 1e-5, center: true }, inputs: [drawn(4, 3), drawn(4, 3)] },
      { attrs: { axes: [0, 2], eps: 1e-3, center: true }, inputs: [drawn(2, 3, 2), drawn(2, 3, 2)] },
      { attrs: { axes: [1], eps: 1e-5, center: false }, inputs: [drawn(3, 4), drawn(3, 4)] },
      { attrs: { axes: [1], eps: 1e-5, center: true }, inputs: [drawn(2, 4), given([2, 4], small)] },
      { attrs: { axes: [1], eps: 1e-5, center: false }, inputs: [drawn(2, 4), given([2, 4], small)] },
      { attrs: { axes: [1], eps: 1e-5, center: true }, inputs: [drawn(2, 3), given([2, 3], offset)] },
      { attrs: { axes: [1], eps: 1e-5, center: true }, inputs: [drawn(0, 3), drawn(0, 3)] },
    ],
  },
  iota: {
    reference: (_, { shape, axis }) => [build(shape, (position) => position[axis]!)],
    cases: [{ attrs: { shape: [2, 3], axis: 1, dtype: "float64" }, inputs: [] }],
  },
  randomBits: {
    reference: undefined,
    cases: [{ attrs: { key: [1, 2], shape: [4], bits: 8 }, inputs: [given([], [0])] }],
  },
  // Changes its target instead of giving a result: see the tests of assign.
  assign: { reference: undefined, cases: [] },
};
