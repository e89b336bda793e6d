import { expect, it } from "vitest";
import type { Outcome } from "../race.ts";
import { scalingRows } from "../rows/scaling-rows.ts";
import { formatScaling } from "./format-scaling.ts";

const timing = (median: number, memory: number): Outcome => ({
  ...{ median, low: median, high: median, rounds: 3, first: 50, values: [1], memory },
});

it("has a table for each extent of which rows ran, with time, ratio, first step and memory", () => {
  const [row] = scalingRows["parameters"]!;
  const text = formatScaling(
    {
      date: "2026-01-02",
      machine: { processor: "A chip", cores: 2, memory: "4 GiB", system: "Linux x64" },
      versions: ["Node 20.0.0"],
      columns: [
        { id: "compiled-1-node20", title: "compiled, Node 20", group: "ours", threads: 1 },
        { id: "pytorch-1", title: "PyTorch", group: "peer", threads: 1 },
      ],
      rows: [{ name: row!.name, outcomes: { "compiled-1-node20": timing(10, 2e8), "pytorch-1": timing(25, 3e8) } }],
    },
    scalingRows,
  );
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  const cells = (line: string | undefined): string[] => line!.split("|").map((cell) => cell.trim()).slice(1, -1); // prettier-ignore
  expect(lines).toHaveLength(3);
  expect(cells(lines[0])).toEqual(["parameters", "count", "ms, Node 20", "PyTorch ÷ Node 20", "first step, Node 20", "memory, Node 20", "memory, PyTorch"]); // prettier-ignore
  expect(cells(lines[2])).toEqual([row!.name, "2.02 M", "10.0", "2.50", "50.0 ms", "200 MB", "300 MB"]);
  expect(text).toContain("A chip, 2 cores");
});

it("has rows of different names", () => {
  const names = Object.values(scalingRows).flatMap((rows) => rows.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
});
