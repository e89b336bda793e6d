import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";
import type { RunResult } from "./run-result.ts";

const folder = mkdtempSync(join(tmpdir(), "digits-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(out: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const code = await runProgram(args, { write, stream: { write }, out });
  return { code, text: lines.join("\n") };
}

function results(out: string): { seed: number; runs: RunResult[] } {
  return JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as { seed: number; runs: RunResult[] };
}

describe("a short run", async () => {
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  const first = await run(one, "--epochs", "2", "--seed", "3");
  await run(two, "--epochs", "2", "--seed", "3");

  it("prints a line for each run and the table", () => {
    expect(first.code).toBe(0);
    expect(first.text).toMatch(/BatchNorm: 100%\|█+\| 2\/2 \[.*, loss \d\.\d+, test accuracy \d\.\d+\]/);
    expect(first.text).toMatch(/norm\s+final loss\s+test accuracy\s+time\s+parameters/);
    expect(first.text).toMatch(/LayerNorm\s+\d\.\d{4}\s+\d+\.\d\d %\s+\d+\.\d\d s\s+6,762/);
  });

  it("writes the results", () => {
    const { seed, runs } = results(one);
    expect(seed).toBe(3);
    expect(runs.map(({ norm, parameters }) => [norm, parameters])).toEqual([
      ["none", 6570],
      ["BatchNorm", 6762],
      ["LayerNorm", 6762],
      ["RMSNorm", 6666],
    ]);
    for (const { history, testAccuracy, finalLoss, seconds, initial } of runs) {
      expect(history.map((record) => record.epoch)).toEqual([1, 2]);
      expect(testAccuracy).toBe(history[1]?.testAccuracy);
      expect(finalLoss).toBe(history[1]?.trainLoss);
      expect(finalLoss).toBeLessThan(history[0]?.trainLoss ?? 0);
      expect(seconds).toBeGreaterThan(0);
      expect(initial).toHaveLength(5);
      expect(history[1]?.layers.map((layer) => layer.name)).toEqual(initial.map((layer) => layer.name));
    }
  });

  it("repeats itself bit by bit for the same seed", () => {
    const histories = (out: string): unknown => results(out).runs.map(({ history, initial }) => ({ history, initial }));
    expect(histories(two)).toEqual(histories(one));
    expect(JSON.stringify(histories(two))).toBe(JSON.stringify(histories(one)));
  });

  it("starts all networks from the same weights, and norms at mean 0 and deviation 1", () => {
    const { runs } = results(one);
    const into = (norm: string) => runs.find((each) => each.norm === norm)?.initial[0];
    for (const norm of ["BatchNorm", "LayerNorm"]) {
      expect(into(norm)?.mean).toBeCloseTo(0, 4);
      expect(into(norm)?.std).toBeGreaterThan(0.95);
    }
    expect(into("none")?.std).toBeLessThan(0.5);
  });

  it("writes one page with curves, confusion and activations of all runs", () => {
    const page = readFileSync(join(one, "report.html"), "utf8");
    expect(page).toContain("default-src 'none'");
    const captions = [...page.matchAll(/<figcaption>(.*?)<\/figcaption>/g)].map(([, caption]) => caption);
    const norms = ["no norm", "BatchNorm", "LayerNorm", "RMSNorm"];
    expect(captions.slice(0, 3)).toEqual([
      "Training loss (logarithmic)",
      "Validation loss (logarithmic)",
      "Validation accuracy",
    ]);
    expect(captions.slice(3)).toEqual(Array.from({ length: 6 }, () => norms).flat());
    expect(page).not.toMatch(/NaN|undefined/);
  });
});

describe("seeds and norms", () => {
  it("trains several seeds of chosen norms", async () => {
    const out = join(folder, "seeds");
    const { text } = await run(
      out,
      "--epochs",
      "1",
      "--seeds",
      "2",
      "--norm",
      "rms,none",
      "--order",
      "activation-first",
    );
    expect(results(out).runs.map(({ norm, seed }) => [norm, seed])).toEqual([
      ["none", 0],
      ["RMSNorm", 0],
      ["none", 1],
      ["RMSNorm", 1],
    ]);
    expect(text).toMatch(/norm\s+final loss\s+test accuracy\s+lowest\s+highest/);
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toContain("mean of 2 seeds");
    expect(page).toContain("Curves are those of seed 0.");
  });

  it("leaves nothing half-written when it cannot write a file to its end", async () => {
    const out = join(folder, "interrupted");
    mkdirSync(join(out, "report.html", "inside"), { recursive: true }); // a folder, where the file would stand
    await expect(run(out, "--epochs", "1", "--norm", "none")).rejects.toThrow("expected to write");
    expect(readdirSync(out).toSorted()).toEqual(["report.html", "results.json"]);
  });

  it("writes nothing in a dry run", async () => {
    const out = join(folder, "dry");
    const { code, text } = await run(out, "--dry-run");
    expect(code).toBe(0);
    expect(text).toContain("Dry run: nothing was written.");
    expect(existsSync(out)).toBe(false);
  });
});

describe("the command line", () => {
  it("shows its usage", async () => {
    const { code, text } = await run(folder, "--help");
    expect(code).toBe(0);
    expect(text).toContain("--epochs N     how many epochs, from 1 (default: 30)");
  });

  it.each([
    [
      ["--epoch", "3"],
      "Unknown option '--epoch'. Allowed: --seed, --seeds, --epochs, --norm, --order, --dry-run, --help.",
    ],
    [["fast"], "Unexpected argument 'fast'"],
    [["--seed"], "argument missing. Allowed: --seed"],
    [["--dry-run=yes"], "does not take an argument. Allowed: --seed"],
    [["--seed", "1.5"], '--seed: expected a whole number from 0, got "1.5".'],
    [["--seeds", "0"], '--seeds: expected a whole number from 1, got "0".'],
    [["--epochs", "many"], '--epochs: expected a whole number from 1, got "many".'],
    [["--norm", "group"], '--norm: expected some of none, batch, layer, rms, all, got "group".'],
    [["--order", "last"], '--order: expected norm-first or activation-first, got "last".'],
  ])("says what is allowed for %j", async (args, message) => {
    const { code, text } = await run(folder, ...args);
    expect(code).toBe(2);
    expect(text).toContain(message);
    expect(text).toContain("Usage: npx pnpm@10 start [options]");
  });
});
