import { expect, it } from "vitest";
import type { Outcome } from "../race.ts";
import { formatResults } from "./format-results.ts";
import { replaceBetween } from "./replace-between.ts";
import type { Results } from "./results.ts";

const timing = (median: number): Outcome => ({ median, low: median, high: median, rounds: 3, first: 50, values: [1] });

const results: Results = {
  date: "2026-01-02",
  machine: { processor: "A chip", cores: 2, memory: "4 GiB", system: "Linux x64" },
  versions: ["Node 20.0.0", "PyTorch 1.13"],
  columns: [
    { id: "compiled-1-node20", title: "compiled, Node 20", group: "ours", threads: 1 },
    { id: "compiled-2-node20", title: "compiled, 2 threads, Node 20", group: "ours", threads: 2 },
    { id: "pytorch-1", title: "PyTorch", group: "peer", threads: 1 },
    { id: "pytorch-2", title: "PyTorch, 2 threads", group: "peer", threads: 2 },
    { id: "jax-js", title: "jax-js", group: "peer", threads: 1, missing: "install it" },
  ],
  rows: [
    {
      name: "a row",
      outcomes: {
        "compiled-1-node20": timing(0.5),
        "compiled-2-node20": timing(0.25),
        "pytorch-1": timing(2),
        "pytorch-2": { error: "expected value 1 to be 2, got 3." },
      },
    },
  ],
  bundles: { "compile, nn and optim": { files: 3, bytes: 9000, gzip: 1234 } },
};

it("shows times, ratios, first steps, sizes and reasons of gaps", () => {
  const text = formatResults(results);
  const lines = text.split("\n").map((line) => line.replaceAll(/ +/g, " "));
  expect(lines[0]).toBe("A chip, 2 cores, 4 GiB, Linux x64; Node 20.0.0, PyTorch 1.13; 2026-01-02.");
  expect(lines).toContain("| a row | 0.500 | 0.250 | 2.00 | – | – |");
  expect(lines).toContain("| a row | 4.00 | – | 8.00 | 50.0 ms |");
  expect(text).toContain("1.2 kB gzipped");
  expect(text).toContain("- jax-js is not installed: install it.");
  expect(text).toContain("- PyTorch, 2 threads: expected value 1 to be 2, got 3. (every row)");
});

it("replaces what stands between two comments", () => {
  const text = "a\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nb";
  expect(replaceBetween(text, "bench", "new")).toBe("a\n<!-- bench:begin -->\n\nnew\n\n<!-- bench:end -->\nb");
  expect(() => replaceBetween("a", "bench", "new")).toThrow(/neither/);
});
