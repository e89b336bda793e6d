import type { Row } from "../row.ts";
import { Comparison } from "./comparison.ts";
import type { Exclusion } from "./excluded.ts";
import { families } from "./families.ts";
import type { GoldenCase, GoldenFamily } from "./format.ts";

/** Runs every case of a family; an excluded one that fails is excluded, one that passes has passed. */
export function runFamily({ family, cases }: GoldenFamily, excluded: readonly Exclusion[]): Row[] {
  const reasons = new Map(excluded.filter((e) => e.family === family).map((e) => [e.case, e.reason]));
  return cases.map((golden) => {
    const { worst, failures } = runCase(family, golden);
    const row = { family, case: golden.name, worstError: worst };
    const [failure] = failures;
    if (failure === undefined) return { ...row, status: "passed" };
    const reason = reasons.get(golden.name);
    if (reason !== undefined) return { ...row, status: "excluded", reason };
    const more = failures.length === 1 ? "" : ` (and ${failures.length - 1} more)`;
    return { ...row, status: "failed", reason: `${failure}${more}` };
  });
}

/** Runs one case; whatever goes wrong is among the failures. */
export function runCase(family: string, golden: GoldenCase): Comparison {
  const check = new Comparison(golden.tol);
  const run = Object.hasOwn(families, family) ? families[family] : undefined;
  if (run === undefined) {
    check.fail(`no runner for family ${family}`);
    return check;
  }
  try {
    run(golden, check);
  } catch (error) {
    check.fail(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }
  if (check.count === 0 && check.failures.length === 0) check.fail("expected something to compare, got nothing");
  return check;
}
