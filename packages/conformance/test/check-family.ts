import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { corruptions } from "./corrupt.ts";
import { readExclusions } from "../src/golden/excluded.ts";
import { type GoldenFamily, readFamily } from "../src/golden/format.ts";
import { goldenFolder } from "../src/golden/golden-rows.ts";
import { runCase, runFamily } from "../src/golden/run-family.ts";

/**
 * The tests of a family: no case fails, and every corrupted number is noticed, by its case alone.
 *
 * @param counts how many cases there are, and how many of them are excluded
 * @param stride every how many corruptions are tried; all unless given
 */
export function checkFamily(name: string, counts: { cases: number; excluded: number }, stride: number = 1): void {
  const family = readFamily(join(goldenFolder, `${name}.json`));
  const excluded = readExclusions();
  const failedRows = (of: GoldenFamily): string[] =>
    runFamily(of, excluded)
      .filter(({ status }) => status === "failed")
      .map((row) => row.case);

  describe(`golden ${name}`, () => {
    it("agrees with PyTorch in every case", () => {
      const rows = runFamily(family, excluded);
      const failures = rows.filter(({ status }) => status === "failed");
      expect(failures.map((row) => `${row.case}: ${row.reason}`)).toEqual([]);
      expect(rows.length).toBe(counts.cases);
      expect(rows.filter(({ status }) => status === "excluded").length).toBe(counts.excluded);
    });

    it("notices every corrupted number", () => {
      let [tried, at] = [0, 0];
      for (const golden of family.cases) {
        for (const { field, golden: corrupt } of corruptions(golden)) {
          if (at++ % stride !== 0) continue;
          tried++;
          expect(runCase(name, corrupt).failures, `${golden.name}: ${field}`).not.toEqual([]);
        }
      }
      expect(tried).toBeGreaterThan(counts.cases / 2 / stride);
    });

    it("lets exactly the corrupted case fail", () => {
      const index = family.cases.findIndex((golden) => !corruptions(golden).next().done);
      const corrupt = corruptions(family.cases[index]!).next().value;
      const cases = family.cases.with(index, corrupt?.golden as GoldenFamily["cases"][number]);
      expect(failedRows({ family: name, cases })).toEqual([family.cases[index]?.name]);
    });
  });
}
