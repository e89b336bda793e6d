import type { Expr } from "../assembler/expr.ts";
import { f64x2 } from "../assembler/ops/float-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import type { Statistic } from "./group-memory.ts";

type Vector = Expr<"v128">;

/** Two elements of a group in float64 with its statistics. */
export interface Pair {
  readonly x: Vector;
  readonly g: Vector;
  readonly statistic: (name: Statistic) => Vector;
}

/** What is folded over a group: one term for `first`, and maybe one for `second`. */
export interface FoldFormula {
  /** Vectors at a time, so that chains of additions do not wait for each other. */
  readonly vectors: 1 | 2;
  readonly start: number;
  readonly combine: (a: Vector, b: Vector) => Vector;
  readonly uses: readonly ("g" | Statistic)[];
  readonly terms: readonly ((pair: Pair) => Vector)[];
}

/** What is computed of each element. */
export interface MapFormula {
  readonly uses: readonly ("g" | Statistic)[];
  readonly value: (pair: Pair) => Vector;
}

/** Names of the folds. */
export type FoldName = "sum" | "max" | "min" | "moment" | "gradSums";
/** Names of the maps. */
export type MapName = "scale" | "gradScale";

const { add, sub, mul } = f64x2;
const centred = ({ x, statistic }: Pair): Vector => sub(x, statistic("mean"));
const elements: Pick<FoldFormula, "vectors" | "uses" | "terms"> = { vectors: 2, uses: [], terms: [({ x }) => x] };
const sums: Pick<FoldFormula, "vectors" | "start" | "combine"> = { vectors: 1, start: 0, combine: add };

/** Folds over groups. Of a mean, `moment` gives Σ(x − μ)² and Σ(x − μ), `gradSums` Σg and Σg(x − μ). */
export const foldFormulas: Readonly<Record<FoldName, FoldFormula>> = {
  sum: { ...elements, start: 0, combine: add },
  max: { ...elements, start: -Infinity, combine: f64x2.max },
  min: { ...elements, start: Infinity, combine: f64x2.min },
  moment: { ...sums, uses: ["mean"], terms: [(pair) => mul(centred(pair), centred(pair)), centred] },
  gradSums: { ...sums, uses: ["g", "mean"], terms: [({ g }) => g, (pair) => mul(pair.g, centred(pair))] },
};

/** Maps: `scale` is x̂ = (x − μ) r, 0 where x = μ even if r is infinite; `gradScale` is r (g − first − (x − μ) second). */
export const mapFormulas: Readonly<Record<MapName, MapFormula>> = {
  scale: {
    uses: ["mean", "rstd"],
    value: (pair) => {
      const d = centred(pair);
      return v128.andnot(mul(d, pair.statistic("rstd")), f64x2.eq(d, f64x2.const(0)));
    },
  },
  gradScale: {
    uses: ["g", "mean", "rstd", "first", "second"],
    value: (pair) => {
      const { g, statistic } = pair;
      const rest = sub(sub(g, statistic("first")), mul(centred(pair), statistic("second")));
      return mul(rest, statistic("rstd"));
    },
  },
};
