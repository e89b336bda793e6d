import { describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";

function run(...args: string[]): ReturnType<typeof runProgram> & { text: string } {
  const lines: string[] = [];
  const outcome = runProgram(args, { write: (line) => lines.push(line), colour: false });
  return { ...outcome, text: lines.join("\n") };
}

describe.each([0, 1, 2])("the whole program with seed %i", (seed) => {
  const { exitCode, lesson, detached } = run("--seed", String(seed));

  it("agrees with the tape in every step", () => {
    expect(exitCode).toBe(0);
    expect(lesson.comparisons.length).toBe(46);
    for (const row of lesson.comparisons) {
      expect(row.approximate, row.name).toBe(true);
      expect(row.maxDifference, row.name).toBeLessThanOrEqual(1e-12);
    }
  });

  it("covers every intermediate of every norm", () => {
    const names = lesson.comparisons.map((row) => row.name);
    const count = (name: string) => names.filter((each) => each === name).length;
    for (const name of ["drstd", "dvariance", "dcentred", "dmean"]) expect(count(name), name).toBe(2);
    for (const name of ["drrms", "dsquare"]) expect(count(name), name).toBe(1);
    for (const name of ["dxhat", "direct", "deviation", "dx, closed form"]) expect(count(name), name).toBe(3);
  });

  it("shows that detached statistics give wrong gradients", () => {
    expect(detached).toHaveLength(10);
    for (const row of detached) {
      const right = row.name === "nothing detached";
      expect(row.passes, row.name).toBe(right);
      if (right) expect(row.error).toBe(0);
      else expect(row.error, row.name).toBeGreaterThan(0.05);
    }
  });

  it("shows that detached statistics drift where the right gradient stays", () => {
    for (const { name, shift, factor } of detached) {
      if (name === "nothing detached") {
        expect(shift?.moved ?? 0).toBeLessThan(1e-12);
        expect(factor.moved).toBeLessThan(1e-3);
      } else {
        expect(factor.moved, name).toBeGreaterThan(0.5);
        if (/mean detached|both/.test(name) && shift !== undefined) expect(shift.moved, name).toBeGreaterThan(0.3);
      }
      expect(Math.abs(shift?.lossChange ?? 0), name).toBeLessThan(1e-9);
      expect(Math.abs(factor.lossChange), name).toBeLessThan(1e-2);
    }
  });
});

describe("options", () => {
  it("chooses one norm", () => {
    const { text, lesson } = run("--norm", "rms");
    expect(text).toContain("RMSNorm\n═══════");
    expect(text).not.toContain("LayerNorm\n═");
    expect(lesson.comparisons).toHaveLength(12);
  });

  it("keeps lines to the width of a page", () => {
    const long = run()
      .text.split("\n")
      .filter((line) => line.length > 100);
    expect(long).toEqual([]);
  });

  it("shows its usage", () => {
    const { text, exitCode } = run("--help");
    expect(exitCode).toBe(0);
    expect(text).toContain("--norm NAME   batch, layer, rms or all");
  });

  it.each([
    [["--norm", "group"], '--norm: expected batch, layer, rms or all, got "group".'],
    [["--norm", "toString"], '--norm: expected batch, layer, rms or all, got "toString".'],
    [["--seed", "-1"], "--seed"],
    [["--seed", "x"], '--seed: expected a whole number from 0, got "x".'],
    [["--epochs", "3"], "--epochs"],
  ])("says what is allowed for %j", (args, message) => {
    const { text, exitCode } = run(...args);
    expect(exitCode).toBe(2);
    expect(text).toContain(message);
    expect(text).toContain("Usage:");
  });
});
