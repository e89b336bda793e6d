import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Row } from "./row.ts";
import { runCli } from "./run-cli.ts";
import type { Score } from "./scoreboard.ts";

const folder = mkdtempSync(join(tmpdir(), "golden-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(
  args: readonly string[],
  rows: readonly Row[] = [],
): { code: number; lines: string[]; scores?: readonly Score[] } {
  const lines: string[] = [];
  const published: (readonly Score[])[] = [];
  const code = runCli(args, {
    suites: [() => rows],
    print: (line) => lines.push(line),
    publish: (scores) => published.push(scores),
  });
  return { code, lines, ...(published[0] === undefined ? {} : { scores: published[0] }) };
}

const scalar = (value: number): object => ({ shape: [1], dtype: "float64", data: [value] });
const relu = (name: string, want: number): object => ({
  ...{ name, op: "relu", config: {}, inputs: { input: scalar(2) }, outputs: [scalar(want)] },
  ...{ cotangents: [scalar(3)], grads: { input: scalar(3) } },
});

function write(name: string, content: unknown): void {
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
}

describe("pnpm conformance", () => {
  it("publishes the scores of all suites", () => {
    const rows: Row[] = [
      { family: "a", case: "one", status: "passed", worstError: 1e-12 },
      { family: "b", case: "two", status: "excluded", worstError: 1, reason: "because" },
    ];
    const { code, lines, scores } = run([], rows);
    expect(code).toBe(0);
    expect(scores?.map(({ family, passed, excluded }) => [family, passed, excluded])).toEqual([["a", 1, 0], ["b", 0, 1], ["all", 1, 1]]); // prettier-ignore
    expect(lines.at(-1)).toBe("2 of 2 cases passed or are excluded, 0 failed");
  });

  it("--golden DIR runs another folder, names what failed and publishes nothing", () => {
    write("a.json", { family: "activations", cases: [relu("good", 2), relu("bad", 2.5)] });
    write("b.json", { family: "activations", cases: [{ name: "x", op: 3, config: {} }] });
    write("c.json", '{"family": "activations", "cases"');
    write("d.json", { family: "dreams", cases: [relu("none", 2)] });
    write("e.json", { family: "activations", cases: [{ name: "empty", op: "relu", config: {} }] });
    const { code, lines, scores } = run(["--golden", folder]);
    expect(code).toBe(1);
    expect(scores).toBeUndefined();
    const failed = lines.filter((line) => line.startsWith("failed"));
    expect(failed.slice(0, 2)).toEqual([
      "failed activations: bad: outputs[0][0]: expected 2.5, got 2",
      'failed b: b.json: b.json: expected a string at cases[0].op, got 3.',
    ]); // prettier-ignore
    expect(failed[2]).toMatch(/^failed c: c.json: c.json: expected a readable JSON file, got .*JSON/);
    expect(failed[3]).toBe("failed dreams: none: no runner for family dreams");
    expect(failed[4]).toMatch(/^failed activations: empty: /);
    expect(failed).toHaveLength(5);
    expect(lines.at(-1)).toBe("1 of 6 cases passed or are excluded, 5 failed");
  });

  it("says how it is used, and when there is nothing to run", () => {
    expect(run(["--gold"])).toMatchObject({ code: 2, lines: [expect.stringContaining("usage: pnpm conformance [--golden DIR]")] }); // prettier-ignore
    expect(run(["--golden", join(folder, "nowhere")])).toMatchObject({ code: 2, lines: [expect.stringMatching(/^golden: expected a folder of fixtures, got ENOENT/)] }); // prettier-ignore
    const empty = mkdtempSync(join(folder, "empty-"));
    expect(run(["--golden", empty])).toMatchObject({ code: 2, lines: [expect.stringMatching(/^golden: expected JSON files in .*, got none\.$/)] }); // prettier-ignore
  });
});
