import "@tapegrad/autograd";
import * as fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import { checkProgram, newTally } from "./fuzz/check.ts";
import { choicesFor, programOf, topics } from "./fuzz/generate.ts";
import { minimize } from "./fuzz/minimize.ts";
import { printProgram } from "./fuzz/print.ts";
import type { Program } from "./fuzz/program.ts";

// FUZZ_RUNS=20000 FUZZ_SEED=7 for more graphs, or other ones.
const seed = Number(process.env["FUZZ_SEED"] ?? 20250101);
const runs = Number(process.env["FUZZ_RUNS"] ?? 2400);
const names = Object.keys(topics);
const tally = newTally();

function failureOf(program: Program): string | undefined {
  try {
    checkProgram(program, seed, newTally());
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

describe("random graphs give the same eagerly and compiled", () => {
  it.each(names)(
    "%s",
    (topic) => {
      const property = fc.property(choicesFor(topic), (choices) =>
        checkProgram(programOf(topic, choices), seed, tally),
      );
      const outcome = fc.check(property, { seed, numRuns: Math.ceil(runs / names.length) });
      if (!outcome.failed) return;
      const [choices] = outcome.counterexample as [Parameters<typeof programOf>[1]];
      const found = programOf(topic, choices);
      const kind = kindOf(failureOf(found));
      const program = minimize(found, (smaller) => kindOf(failureOf(smaller)) === kind);
      throw new Error(
        `seed ${seed}, graph ${outcome.numRuns}, after ${outcome.numShrinks} simplifications:\n\n${printProgram(program)}\n\n${failureOf(program)}`,
      );
    },
    600_000,
  );
});

afterAll(() => {
  const { graphs, operations, comparisons, sensitive, throwing } = tally;
  console.log(
    `seed ${seed}: ${graphs} graphs of ${operations} steps, ${comparisons} tensors compared, ` +
      `${sensitive} of them within what rounding moves, ${throwing} graphs that throw`,
  );
});
