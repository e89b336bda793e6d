import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readFamily } from "./golden/format.ts";
import { goldenFolder } from "./golden/golden-rows.ts";
import type { Row } from "./row.ts";
import { formatCases, formatTable, replaceTable, type Score, scoresOf } from "./scoreboard.ts";

const rows: readonly Row[] = [
  { family: "norms", case: "a", status: "passed", worstError: 2e-12 },
  { family: "norms", case: "b", status: "failed", worstError: 7, reason: "y[0]: expected 1, got 8" },
  { family: "ops", case: "c", status: "excluded", worstError: 1, reason: "strings" },
  { family: "ops", case: "d", status: "passed", worstError: 0 },
];

describe("scoreboard", () => {
  it("counts by family and in all; what failed or is excluded does not enter the worst error", () => {
    expect(scoresOf(rows)).toEqual([
      { family: "norms", cases: 2, passed: 1, excluded: 0, failed: 1, worstError: 2e-12 },
      { family: "ops", cases: 2, passed: 1, excluded: 1, failed: 0, worstError: 0 },
      { family: "all", cases: 4, passed: 2, excluded: 1, failed: 1, worstError: 2e-12 },
    ]);
  });

  it("prints an aligned table and one line for each case that failed", () => {
    expect(formatTable(scoresOf(rows)).split("\n")).toEqual([
      "| family | cases | passed | excluded | worst error |",
      "| ------ | ----: | -----: | -------: | ----------: |",
      "| norms  |     2 |      1 |        0 |     2.0e-12 |",
      "| ops    |     2 |      1 |        1 |           0 |",
      "| all    |     4 |      2 |        1 |     2.0e-12 |",
    ]);
    expect(formatCases(rows, "failed")).toEqual(["failed norms: b: y[0]: expected 1, got 8"]);
  });

  it("replaces what stands between the markers, and nothing without them", () => {
    const text = "# A\n\n<!-- conformance:begin -->\nold\n<!-- conformance:end -->\n\nend\n";
    const next = replaceTable(text, "new");
    expect(next).toBe("# A\n\n<!-- conformance:begin -->\n\nnew\n\n<!-- conformance:end -->\n\nend\n");
    expect(replaceTable(next, "new")).toBe(next);
    expect(replaceTable("nothing", "new")).toBe("nothing");
  });
});

describe("the published scoreboard", () => {
  const scores = JSON.parse(readFileSync(new URL("../scoreboard.json", import.meta.url), "utf8")) as Score[];

  it("has every fixture, and no failure", () => {
    for (const file of readdirSync(goldenFolder).filter((name) => name.endsWith(".json"))) {
      const { family, cases } = readFamily(join(goldenFolder, file));
      expect(scores.find((score) => score.family === family)).toMatchObject({ cases: cases.length, failed: 0 });
    }
    expect(scores.at(-1)).toMatchObject({ family: "all", failed: 0 });
  });

  it("is the table of the README", () => {
    expect(readFileSync(new URL("../../../README.md", import.meta.url), "utf8")).toContain(formatTable(scores));
  });
});
