import type { Tensor } from "@tapegrad/tensor";
import { boolean, nat, record } from "fast-check";
import { seeds, shapes, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { at, expected, indices } from "./naive.ts";

type Plain = (values: readonly number[]) => number;
type Options = { readonly axis: number[]; readonly keepDims: boolean };

const sum: Plain = (values) => values.reduce((total, value) => total + value, 0);
const mean: Plain = (values) => sum(values) / values.length;
const variance: Plain = (values) => sum(values.map((value) => (value - mean(values)) ** 2)) / values.length;

const reductionsOf: Readonly<Record<string, readonly [(x: Tensor, options: Options) => Tensor, Plain]>> = {
  sum: [(x, o) => x.sum(o), sum],
  mean: [(x, o) => x.mean(o), mean],
  max: [(x, o) => x.max(o), (values) => Math.max(...values)],
  min: [(x, o) => x.min(o), (values) => Math.min(...values)],
  prod: [(x, o) => x.prod(o), (values) => values.reduce((product, value) => product * value, 1)],
  variance: [(x, o) => x.variance({ ...o, correction: 0 }), variance],
  std: [(x, o) => x.std({ ...o, correction: 0 }), (values) => Math.sqrt(variance(values))],
  norm: [(x, o) => x.norm(o), (values) => Math.hypot(...values)],
  logSumExp: [(x, o) => x.logSumExp(o), (values) => Math.log(sum(values.map(Math.exp)))],
};

const inputs = record({ shape: shapes({ minRank: 1 }), choice: nat(1000), keepDims: boolean(), seed: seeds });

/** Reductions against a loop that gathers the elements of every result. */
export const reductions: readonly CrossCheck[] = [
  ...Object.entries(reductionsOf).map(([name, [reduce, plain]]) =>
    crossCheck(`${name} against a loop`, inputs, ({ shape, choice, keepDims, seed }, check) => {
      const x = source(seed)(...shape);
      const axis = shape.map((_, a) => a).filter((a) => choice & (1 << a));
      if (axis.length === 0) axis.push(choice % shape.length);
      const groups = new Map<string, number[]>();
      for (const index of indices(shape)) {
        const key = index.map((i, a) => (axis.includes(a) ? 0 : i)).join();
        groups.set(key, [...(groups.get(key) ?? []), at(x, index)]);
      }
      const kept = shape.map((extent, a) => (axis.includes(a) ? 1 : extent));
      const want = expected(kept, (index) => plain(groups.get(index.join()) ?? []));
      const out = keepDims ? kept : shape.filter((_, a) => !axis.includes(a));
      check.tensor(name, reduce(x, { axis, keepDims }), { ...want, shape: out });
    }),
  ),
  crossCheck("argmax, argmin and cumsum against a loop", inputs, ({ shape, choice, keepDims, seed }, check) => {
    const x = source(seed)(...shape);
    const axis = choice % shape.length;
    const line = (index: readonly number[]): number[] =>
      Array.from({ length: shape[axis]! }, (_, i) => at(x, index.with(axis, i)));
    const kept = shape.with(axis, 1);
    const out = keepDims ? kept : shape.filter((_, a) => a !== axis);
    const argmax = expected(kept, (index) => line(index).indexOf(Math.max(...line(index))), "int64");
    const argmin = expected(kept, (index) => line(index).indexOf(Math.min(...line(index))), "int64");
    check.tensor("argmax", x.argmax({ axis, keepDims }), { ...argmax, shape: out });
    check.tensor("argmin", x.argmin({ axis, keepDims }), { ...argmin, shape: out });
    check.tensor(
      "cumsum",
      x.cumsum({ axis }),
      expected(shape, (index) => sum(line(index).slice(0, index[axis]! + 1))),
    );
  }),
];
