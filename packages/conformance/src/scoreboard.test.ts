import { describe, expect, it } from "vitest";
import type { Row } from "./row.ts";
import { formatCases, formatTable, replaceTable, scoresOf } from "./scoreboard.ts";

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
