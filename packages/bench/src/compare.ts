import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Column, modes, ours, thisNode } from "./find-columns.ts";
import { median } from "./median.ts";
import { type Outcome, type Pace, race, type Timing } from "./race.ts";
import type { Row } from "./rows/row.ts";

/** The other checkout's time ÷ this one's: above 1, this checkout is faster. */
export interface Ratios {
  readonly eager: number;
  readonly compiled: number;
  /** The first compiled step in a new process, with all tracing and compiling. */
  readonly first: number;
}

/** One row in both checkouts, or why a contender had no time. */
export type Comparison = { readonly name: string } & (Ratios | { readonly error: string });

/** Timings by the ids of their columns. */
export type Timings = Readonly<Record<string, Timing>>;

/** A median ratio below it counts as slower. */
const tolerated = 0.97;

/** A process has only one first step, which is noisy: so many processes of each checkout. */
const processes = 5;

/** The least that a race can be: first steps, then one more. */
const firstSteps: Pace = { warmUp: 0, sample: 0, rounds: 1, most: 0 };

/**
 * The contenders of two checkouts, with one thread on this Node: all of the other one, then all of this one, so that in
 * both a compiled step is timed after an eager one and an eager step after a compiled one.
 *
 * @param folder root of another checkout, which is built
 */
export function columnsAgainst(folder: string): readonly Column[] {
  const other = pathToFileURL(`${folder}/packages/bench/dist/`);
  if (!existsSync(other)) throw new Error(`bench: expected a checkout that is built, got ${folder}.`);
  return [
    ...modes.map((mode) => ({ ...ours(thisNode, mode, 1, other), id: `${mode}-other` })),
    ...modes.map((mode) => ({ ...ours(thisNode, mode, 1), id: `${mode}-this` })),
  ];
}

/** Lets two checkouts run one row: a race of all, then new processes in turn to the first compiled step. */
export async function compare(row: Row, columns: readonly Column[], pace: Pace): Promise<Comparison> {
  const { name } = row;
  const compiled = columns.filter(({ id }) => id.startsWith("compiled"));
  try {
    const steps = timings((await race(row, columns, pace)).outcomes);
    const firsts: Timings[] = [];
    for (let i = 0; i < processes; i++) {
      const alone: Record<string, Outcome> = {};
      for (const column of compiled) Object.assign(alone, (await race(row, [column], firstSteps)).outcomes);
      firsts.push(timings(alone));
    }
    return { name, ...ratiosOf(steps, firsts) };
  } catch (error) {
    return { name, error: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Ratios of one row.
 *
 * @param steps of all columns
 * @param firsts of the compiled columns, for every pair of new processes
 */
export function ratiosOf(steps: Timings, firsts: readonly Timings[]): Ratios {
  const first = (id: string): number => median(firsts.map((timing) => timing[id]!.first));
  return {
    eager: steps["eager-other"]!.median / steps["eager-this"]!.median,
    compiled: steps["compiled-other"]!.median / steps["compiled-this"]!.median,
    first: first("compiled-other") / first("compiled-this"),
  };
}

/** Median ratios of all rows that have some. */
export function medianRatios(comparisons: readonly Comparison[]): Ratios {
  const of = (key: keyof Ratios): number =>
    median(comparisons.flatMap((comparison) => ("error" in comparison ? [] : [comparison[key]])));
  return { eager: of("eager"), compiled: of("compiled"), first: of("first") };
}

/** Whether this checkout ran every row and no median ratio is below 0.97. */
export function passes(comparisons: readonly Comparison[]): boolean {
  const { eager, compiled, first } = medianRatios(comparisons);
  return (
    comparisons.every((comparison) => !("error" in comparison)) &&
    [eager, compiled, first].every((ratio) => ratio >= tolerated)
  );
}

function timings(outcomes: Readonly<Record<string, Outcome>>): Timings {
  const found: Record<string, Timing> = {};
  for (const [id, outcome] of Object.entries(outcomes)) {
    if ("error" in outcome) throw new Error(`${id}: ${outcome.error}`);
    found[id] = outcome;
  }
  return found;
}
