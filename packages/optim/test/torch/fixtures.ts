import { readFileSync } from "node:fs";

/** Numbers in arrays. */
export type Nested = number | readonly Nested[];

/** Values of two parameters. */
type Pair = readonly [Nested, Nested];

interface Fixtures {
  /** Steps of optimizers with given gradients; none is an empty list. */
  readonly trajectories: readonly {
    readonly name: string;
    readonly options: object;
    readonly first: Pair;
    readonly steps: readonly { readonly grads: Pair; readonly after: Pair }[];
    readonly state: readonly Readonly<Record<string, Nested>>[];
  }[];
  /** Steps of L-BFGS on functions of two vectors. */
  readonly searches: readonly {
    readonly fn: string;
    readonly options: object;
    readonly first: Pair;
    readonly steps: readonly { readonly loss: number; readonly after: Pair }[];
    readonly state: Readonly<Record<string, Nested>>;
  }[];
  /** Line searches on functions of one number. */
  readonly lines: readonly {
    readonly waves: readonly (readonly [height: number, frequency: number, phase: number])[];
    readonly corner: number;
    readonly quad: number;
    readonly slope: number;
    readonly step: number;
    readonly tolerance: number;
    readonly point: readonly [step: number, loss: number, slope: number];
    readonly evaluations: number;
  }[];
  /** Rates and momenta of two groups after each call of `step`, with the epoch if it was given one. */
  readonly schedules: readonly {
    readonly name: string;
    readonly positions: readonly number[] | null;
    readonly rates: readonly (readonly [lrs: readonly number[], momenta: readonly number[]])[];
  }[];
}

/** What PyTorch does, as make-fixtures.py has written it. */
export const fixtures = JSON.parse(readFileSync(new URL("torch.json", import.meta.url), "utf8")) as Fixtures;

/** All numbers, in order. */
export function flat(values: Nested): number[] {
  return typeof values === "number" ? [values] : values.flatMap(flat);
}

/** Largest difference, relative to numbers above 1; infinite between lists of other lengths. */
export function gap(got: Nested, want: Nested): number {
  const [a, b] = [flat(got), flat(want)];
  if (a.length !== b.length) return Infinity;
  const gaps = a.map((value, i) => Math.abs(value - b[i]!) / Math.max(1, Math.abs(b[i]!)));
  return gaps.reduce((most, each) => (each <= most ? most : Number.isNaN(each) ? Infinity : each), 0);
}
