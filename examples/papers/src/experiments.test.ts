import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownTable } from "@tapegrad/testing";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type ExperimentName, experiments } from "./experiments.ts";
import { drawFigure } from "./house/draw.ts";
import type { Measures } from "./house/experiment.ts";
import { planOf, readResults } from "./house/results.ts";
import { runProgram } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "papers-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await runProgram(args, { write: (line) => void lines.push(line), silent: true, out: folder });
  return { code, text: lines.join("\n") };
}

/** Compares lists of figures, each relative to its size. */
function expectClose(got: Measures[string] | undefined, wanted: Measures[string] | undefined, tolerance: number): void {
  const [values, references] = [got, wanted] as [readonly number[], readonly number[]];
  expect(values).toHaveLength(references.length);
  values.forEach((value, i) => expect(Math.abs(value / references[i]! - 1)).toBeLessThan(tolerance));
}

const pathOf = (name: string, file: string): string => fileURLToPath(new URL(`./${name}/${file}`, import.meta.url));
const [begin, end] = ["<!-- results: from results.json -->", "<!-- /results -->"] as const;

describe.each(Object.entries(experiments) as [ExperimentName, (typeof experiments)[ExperimentName]][])(
  "%s",
  (name, own) => {
    // Small enough to be tried at every test: this limit is part of what is tested.
    it("is tried once by a dry run, which writes nothing", { timeout: 10_000 }, async () => {
      const { code, text } = await run(name, "--dry-run");
      expect(code).toBe(0);
      for (const word of [own.title, own.paper.link, ...own.table([])[0]!]) expect(text).toContain(word);
      expect(text).toContain("Dry run: nothing was written.");
      expect(readdirSync(folder)).toEqual([]);
    });

    const results = readResults(readFileSync(pathOf(name, "results.json"), "utf8"));

    it("has results of every condition and seed", () => {
      expect(own.seeds).toBeGreaterThanOrEqual(3);
      expect(results.runs.map(({ condition, seed }) => ({ condition, seed }))).toEqual(planOf(own, own.seeds));
      expect(results.title).toBe(own.title);
    });

    it("has the figure of its results; `vitest -u` draws it", async () => {
      await expect(drawFigure(own.figure(results.runs))).toMatchFileSnapshot(pathOf(name, "figure.svg"));
    });

    it("says in its README what was claimed, run and found, with the table of its results; `vitest -u` renews it", async () => {
      const path = pathOf(name, "README.md");
      const text = readFileSync(path, "utf8");
      for (const heading of ["The claim", "What was run", "What came out", "Where it differs"]) {
        expect(text).toContain(`\n## ${heading}\n`);
      }
      expect(text).toContain("](figure.svg)");
      expect(text).toContain(`start ${name}\n`);
      expect(text).toContain(own.paper.link);
      const parts = text.split(new RegExp(`(?<=${begin})[^]*(?=${end})`));
      expect(parts).toHaveLength(2);
      const table = `\n\n${markdownTable(own.table(results.runs))}\n\n`;
      await expect(parts.join(table)).toMatchFileSnapshot(path);
    });
  },
);

it("names every experiment in the README", () => {
  const text = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");
  for (const name of Object.keys(experiments)) expect(text).toContain(`](src/${name})`);
});

describe("the command line", () => {
  it("writes results and figure where it is told", async () => {
    const chosen = experiments["selu-moments"];
    // Two of its ten conditions are enough.
    const some = chosen.conditions.slice(0, 2);
    const spy = vi.spyOn(chosen, "conditions", "get").mockReturnValue(some);
    onTestFinished(() => spy.mockRestore());
    const { code } = await run("selu-moments", "--seeds", "1", "--out", join(folder, "own"));
    expect(code).toBe(0);
    const { runs } = readResults(readFileSync(join(folder, "own/selu-moments/results.json"), "utf8"));
    const kept = readResults(readFileSync(pathOf("selu-moments", "results.json"), "utf8"));
    // The same seed measures the same on every machine, but for the last digits of its mathematical functions.
    expect(runs.map(({ condition }) => condition)).toEqual(some);
    for (const [i, { measures }] of runs.entries()) {
      const before = kept.runs.filter(({ seed }) => seed === 0)[i]!;
      expect(before.condition).toEqual(some[i]);
      expectClose(measures["variance"], before.measures["variance"], 1e-3);
    }
    expect(existsSync(join(folder, "own/selu-moments/figure.svg"))).toBe(true);
  });

  it.each([
    [[], "EXPERIMENT: expected some of batch-norm-sigmoid,"],
    [["batch-nrom"], "EXPERIMENT: expected some of batch-norm-sigmoid, "],
    [["selu-moments", "--seeds", "0"], '--seeds: expected a whole number from 1, got "0".'],
    [["selu-moments", "--seed", "1"], "Allowed: --seeds, --out, --dry-run, --help."],
  ])("refuses %j", async (args, message) => {
    const { code, text } = await run(...args);
    expect([code, text.includes(message), text.includes("Usage:")]).toEqual([2, true, true]);
  });
});
