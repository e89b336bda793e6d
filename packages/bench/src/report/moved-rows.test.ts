import { describe, expect, it } from "vitest";
import type { Outcome } from "../race.ts";
import { formatMoved, movedRows } from "./moved-rows.ts";
import type { Results } from "./results.ts";

const timing = (median: number, noise = 0.05): Outcome => ({
  median,
  low: median * (1 - noise),
  high: median * (1 + noise),
  rounds: 11,
  first: 50,
  values: [1],
});

const results = (rows: Readonly<Record<string, Readonly<Record<string, Outcome>>>>): Results => ({
  date: "2026-01-02",
  machine: { processor: "A chip", cores: 2, memory: "4 GiB", system: "Linux x64" },
  versions: [],
  columns: [
    { id: "compiled-1-node20", title: "compiled", group: "ours", threads: 1 },
    { id: "pytorch-1", title: "PyTorch", group: "peer", threads: 1 },
  ],
  rows: Object.entries(rows).map(([name, outcomes]) => ({ name, outcomes })),
  bundles: {},
});

const row = (own: Outcome, peer: Outcome): Record<string, Outcome> => ({
  "compiled-1-node20": own,
  "pytorch-1": peer,
});

describe("movedRows", () => {
  const before = results({ CNN: row(timing(10), timing(20)) });

  it.each([
    ["a machine that is twice as slow is no move", row(timing(20), timing(40)), []],
    ["what is within the noise is no move", row(timing(11), timing(20)), []],
    ["much noise hides much", row(timing(14, 0.4), timing(20)), []],
    ["twice the time is", row(timing(20), timing(20)), [{ row: "CNN", column: "compiled", faster: 0.5 }]],
    ["half of the time is", row(timing(5), timing(20)), [{ row: "CNN", column: "compiled", faster: 2 }]],
    ["what failed has no time", row({ error: "out of memory" }, timing(20)), []],
    ["without PyTorch there are no units", { "compiled-1-node20": timing(1) }, []],
  ])("%s", (_, outcomes, want) => {
    expect(movedRows(before, results({ CNN: outcomes }))).toEqual(want);
  });

  it("leaves rows out that only one of the runs has", () => {
    expect(movedRows(before, results({ LSTM: row(timing(1), timing(20)) }))).toEqual([]);
  });

  it("is told in words, the slowest first", () => {
    const after = results({ CNN: row(timing(20), timing(20)), LSTM: row(timing(1), timing(20)) });
    const both = results({ ...Object.fromEntries(before.rows.map(({ name, outcomes }) => [name, outcomes])), LSTM: row(timing(3), timing(20)) }); // prettier-ignore
    const text = formatMoved(both, after);
    expect(text).toContain("since 2026-01-02, these have moved");
    expect(text.indexOf("0.500")).toBeLessThan(text.indexOf("3.00"));
    expect(formatMoved(before, before)).toContain("no row has moved");
  });
});
