import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { networks } from "./networks.ts";
import { runProgram } from "./program.ts";
import type { RunResult } from "./train-run.ts";

const folder = mkdtempSync(join(tmpdir(), "fashion-mnist-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(out: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await runProgram(args, { write: (line) => void lines.push(line), verbose: 0, out });
  return { code, text: lines.join("\n") };
}

describe.runIf(existsSync("/usr/share/datasets/fashion-mnist"))("the images of Debian's package", () => {
  it("train each network once round in a dry run, which writes nothing", async () => {
    const { code, text } = await run(folder, "--dry-run", "--limit", "300");
    expect(code).toBe(0);
    for (const name of ["mlp, none", "mlp, RMSNorm", "cnn, BatchNorm", "cnn, LayerNorm"]) expect(text).toContain(name);
    expect(text).toMatch(/mlp {6}BatchNorm {2}\d+\.\d\d % +\d\.\d{4} +\d+\.\d\d +235,914/);
    expect(text).toContain("Dry run: nothing was written.");
    expect(readdirSync(folder)).toEqual([]);
  }, 30_000);

  it("leave results and a report", async () => {
    const out = join(folder, "out");
    const { code } = await run(out, "--network", "mlp", "--norm", "batchnorm", "--epochs", "2", "--limit", "2000");
    expect(code).toBe(0);
    const { runs } = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as { runs: RunResult[] };
    const [{ history, testAccuracy, confusion, parameters } = {} as RunResult] = runs;
    expect(parameters).toBe(235_914);
    expect(history["valAccuracy"]).toHaveLength(2);
    expect(testAccuracy).toBeGreaterThan(0.6);
    const right = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
    expect(right / confusion.flat().reduce((sum, count) => sum + count, 0)).toBeCloseTo(testAccuracy, 10);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("Ankle boot");
  }, 30_000);
});

it("gives one seed the same weights whatever the norm", () => {
  const [plain, normed] = [networks.mlp.build("none", 3), networks.mlp.build("RMSNorm", 3)];
  expect(plain.stateDict()["0.weight"]!.toArray()).toEqual(normed.stateDict()["0.weight"]!.toArray());
  expect(plain.stateDict()["4.weight"]!.toArray()).toEqual(normed.stateDict()["6.weight"]!.toArray());
});

it.each([
  [["--network", "rnn"], '--network: expected some of mlp, cnn, got "rnn".'],
  [["--norm", "spectral"], '--norm: expected some of none, BatchNorm, LayerNorm, RMSNorm, got "spectral".'],
  [["--limit", "0"], '--limit: expected a whole number from 1, got "0".'],
  [["--epoch", "1"], "Allowed: --network, --norm, --seed, --epochs, --limit, --root, --dry-run, --help."],
])("refuses %j", async (args, message) => {
  const { code, text } = await run(folder, ...args);
  expect([code, text.includes(message), text.includes("Usage:")]).toEqual([2, true, true]);
});
