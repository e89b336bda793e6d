import * as fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import { checkProgram, newTally } from "./check.ts";
import { choicesFor, programOf, topics } from "./generate.ts";
import { minimize } from "./minimize.ts";
import { printProgram } from "./print.ts";
import type { Program } from "./program.ts";

// FUZZ_RUNS=20000 FUZZ_SEED=7 for more graphs, or other ones.
const seed = Number(process.env["FUZZ_SEED"] ?? 20250101);
const runs = Number(process.env["FUZZ_RUNS"] ?? 2400);
const names = Object.keys(topics);
/** Topics by one thread each, and every sixth graph of two of them once more by three. */
const rows: readonly (readonly [topic: string, threads: number, share: number])[] = [
  ...names.map((name) => [name, 1, 1] as const),
  ["fused norms", 3, 6],
  ["everything", 3, 6],
];
const tally = newTally();

/** Tests that random graphs give the same eagerly and compiled; some of each topic, or one in so many. */
export function compareRandomGraphs(title: string, oneIn = 1): void {
  describe(`random graphs ${title}`, () => {
    it.each(rows)("%s by %i", (topic, threads, share) => compare(topic, threads, share * oneIn), 600_000);
  });
  afterAll(() => {
    const { graphs, operations, comparisons, sensitive, throwing, together } = tally;
    console.log(
      `seed ${seed}: ${graphs} graphs of ${operations} steps, ${comparisons} tensors compared, ` +
        `${sensitive} of them within what rounding moves, ${throwing} graphs that throw, ${together} run by several threads`,
    );
  });
}

function compare(topic: string, threads: number, share: number): void {
  const property = fc.property(choicesFor(topic), (choices) =>
    checkProgram(programOf(topic, choices), seed, tally, threads),
  );
  const outcome = fc.check(property, { seed, numRuns: Math.ceil(runs / names.length / share) });
  if (!outcome.failed) return;
  const [choices] = outcome.counterexample as [Parameters<typeof programOf>[1]];
  const found = programOf(topic, choices);
  const kind = kindOf(failureOf(found, threads));
  const program = minimize(found, (smaller) => kindOf(failureOf(smaller, threads)) === kind);
  throw new Error(
    `seed ${seed}, graph ${outcome.numRuns}, after ${outcome.numShrinks} simplifications:\n\n${printProgram(program)}\n\n${failureOf(program, threads)}`,
  );
}

function failureOf(program: Program, threads: number): string | undefined {
  try {
    checkProgram(program, seed, newTally(), threads);
    return undefined;
  } catch (error) {
    return String((error as Error).message);
  }
}

/** Failures of one kind are alike but for names, numbers and shapes. */
function kindOf(failure: string | undefined): string | undefined {
  return /throws/.test(failure ?? "")
    ? failure?.replaceAll(/[[(].*|-?[\d.]+/g, "")
    : failure === undefined
      ? undefined
      : "differs";
}
