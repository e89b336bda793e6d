import { gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { markdownTable } from "@tapegrad/testing";
import { afterAll, describe, expect, it } from "vitest";
import { table } from "../../src/norms/norm-table.ts";
import { type Mutant, mutants } from "./mutant.ts";
import { naiveForward } from "./naive-norm.ts";
import { derivatives, numbers, parametersOf, relativeError } from "./norm-case.ts";
import { callsOf, normTests } from "./norm-cases.ts";

/** What is checked of a norm. */
interface Subject {
  readonly inputs: readonly Tensor[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  readonly naive: () => readonly number[];
  /** What finite differences are taken of, where that is not the norm itself. */
  readonly frozen: ((...inputs: Tensor[]) => Tensor) | undefined;
}

const shape = [3, 4, 2];
const eps = 1e-5;

function subjectsOf(name: keyof typeof normTests): Subject[] {
  const test = normTests[name];
  const calls = callsOf(test).map(({ inputs, run, naive, frozen }) => ({
    ...{ inputs, run, frozen },
    naive: () => naive(...inputs.map(numbers)),
  }));
  const kinds = ("kinds" in test ? test.kinds(shape) : []).map((kind): Subject => {
    // Small, so that eps has its share in all of it.
    const x = randn(shape, { dtype: "float64", generator: new Generator(71) }).mul(0.01);
    const parameters = parametersOf(kind, 72);
    const norm = kind.frozen?.(x, eps);
    return {
      inputs: [x, ...parameters],
      run: (at, w, b) => kind.fused(at!, w, b, eps),
      naive: () => naiveForward(numbers(x), kind.naive, kind.index, ...parameters.map(numbers)),
      frozen: norm && ((at, w, b) => norm(at!, w, b)),
    };
  });
  return [...kinds, ...calls];
}

/** The tests that a norm has, as one that throws. */
const checks: Readonly<Record<Mutant["spoils"], (subject: Subject) => () => void>> = {
  values: ({ inputs, run, naive }) => {
    const want = naive();
    return () => expect(relativeError(run(...inputs).data, want)).toBeLessThan(1e-12);
  },
  gradients: ({ inputs, run, frozen }) => {
    if (frozen === undefined) {
      return () => {
        gradcheck(run, inputs, { rtol: 1e-9, atol: 1e-9 });
        gradcheck(run, inputs, { order: 2, rtol: 1e-8, atol: 1e-8 });
      };
    }
    const want = derivatives(frozen, inputs).map(numbers);
    const floor = 1e-3 * Math.max(...want.flat().map(Math.abs));
    return () =>
      derivatives(run, inputs).forEach((t, i) => expect(relativeError(t.data, want[i]!, floor)).toBeLessThan(1e-8));
  },
};

/** Whether the tests of a norm notice a bug; undefined if it changes nothing there. */
function isKilled(mutant: Mutant, subject: Subject): boolean | undefined {
  const check = checks[mutant.spoils](subject);
  const { undo, madeDifference } = mutant.plant();
  try {
    derivatives(subject.run, subject.inputs);
    if (!madeDifference()) return undefined;
    check();
    return false;
  } catch {
    return true;
  } finally {
    undo();
  }
}

/** Whether one of its cases does, as far as one is touched at all. */
function isKilledByOne(mutant: Mutant, subjects: readonly Subject[]): boolean | undefined {
  let verdict: boolean | undefined;
  for (const subject of subjects) {
    verdict = isKilled(mutant, subject) ?? verdict;
    if (verdict === true) return true;
  }
  return verdict;
}

const norms = table().map(({ name }) => name);
const matrix = new Map(mutants.map(({ name }) => [name, new Map<string, boolean | undefined>()]));

describe.each(norms)("%s", (norm) => {
  const subjects = subjectsOf(norm);

  it("passes its checks as it is", () => {
    for (const subject of subjects) {
      checks.values(subject)();
      checks.gradients(subject)();
    }
  });

  it("kills every bug that touches it", () => {
    for (const mutant of mutants) {
      const verdict = isKilledByOne(mutant, subjects);
      if (verdict !== undefined) matrix.get(mutant.name)!.set(norm, verdict);
    }
    const alive = mutants.filter(({ name }) => matrix.get(name)!.get(norm) === false);
    expect(alive.map(({ name }) => name)).toEqual([]);
    expect([...matrix.values()].filter((row) => row.has(norm)).length).toBeGreaterThan(2);
  });
});

afterAll(() => {
  const rows = [...matrix].filter(([, row]) => row.size > 0);
  const cell = (killed: boolean | undefined): string => (killed === undefined ? "" : killed ? "killed" : "ALIVE");
  const mark = rows.map(([mutant, row]) => [mutant, ...norms.map((norm) => cell(row.get(norm)))]);
  console.log(`bugs that the tests of each norm notice\n${markdownTable([["bug", ...norms], ...mark])}`);
});
