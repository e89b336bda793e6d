import { type Arbitrary, assert, property } from "fast-check";
import { Comparison } from "../golden/comparison.ts";
import type { Tolerance } from "../golden/format.ts";

/** Two computations that have to agree, on inputs drawn by fast-check. */
export interface CrossCheck {
  readonly name: string;
  /**
   * Draws inputs and compares.
   *
   * @param seed of the inputs, a new one each time unless given
   * @returns the largest error, in units in which the relative tolerance is the limit
   * @throws {Error} with the seed and the smallest inputs that disagree
   */
  readonly run: (seed?: number) => number;
}

/** Settings of {@link crossCheck}. */
export interface CrossCheckSettings {
  /** rtol 1e-9 and atol 1e-11 unless given. */
  readonly tol?: Tolerance;
  /** How many inputs are drawn, 50 unless given. */
  readonly runs?: number;
}

/** A cross-check of whatever `compare` notes in its second argument. */
export function crossCheck<T>(
  name: string,
  inputs: Arbitrary<T>,
  compare: (input: T, check: Comparison) => void,
  settings: CrossCheckSettings = {},
): CrossCheck {
  const { tol = { rtol: 1e-9, atol: 1e-11 }, runs = 50 } = settings;
  return {
    name,
    run: (seed) => {
      let worst = 0;
      const agrees = property(inputs, (input) => {
        const check = new Comparison(tol);
        compare(input, check);
        if (check.count === 0) throw new Error("expected something to compare, got nothing");
        worst = Math.max(worst, check.worst);
        if (check.failures.length > 0) throw new Error(check.failures.join("; "));
      });
      assert(agrees, seed === undefined ? { numRuns: runs } : { numRuns: runs, seed });
      return worst;
    },
  };
}
