import { describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await runProgram(args, (line) => void lines.push(line));
  return { code, text: lines.join("\n") };
}

describe.each([
  ["mlp", 12_708],
  ["transformer", 103_708],
])("%s", (model, parameters) => {
  it("tries one batch of everything", async () => {
    const { code, text } = await run("--model", model, "--dry-run");
    expect(code).toBe(0);
    expect(text).toContain(`${model}: ${parameters} parameters`);
    expect(text).toMatch(/step \d+ {2}train \d\.\d{4} {2}dev \d\.\d{4}/);
    expect(text).toMatch(/loss: train \d\.\d{4}, dev \d\.\d{4}, test \d\.\d{4}\nnew names, of 4 drawn:/);
  });
});

describe("the MLP", () => {
  it("learns, and repeats itself for the same seed", async () => {
    const [one, two] = [await run("--steps", "300", "--seed", "3"), await run("--steps", "300", "--seed", "3")];
    const timeless = (text: string): string => text.replace(/trained in .* s/, "");
    expect(timeless(one.text)).toBe(timeless(two.text));
    const [, dev] = /dev (\d\.\d+), test/.exec(one.text)!;
    // Knowing nothing, ln 28 = 3.33.
    expect(Number(dev)).toBeLessThan(2.5);
    const names = one.text.split("drawn:\n")[1]!.split("\n");
    expect(names.length).toBeGreaterThanOrEqual(10);
    for (const name of names) expect(name).toMatch(/^[a-z-]+$/);
  });
});

describe("the command line", () => {
  it.each([
    [["--model", "rnn"], '--model: expected mlp or transformer, got "rnn".'],
    [["--steps", "0"], '--steps: expected a whole number from 1, got "0".'],
    [["--epochs", "3"], "Unknown option '--epochs'"],
  ])("refuses %s", async (args, message) => {
    const { code, text } = await run(...args);
    expect(code).toBe(2);
    expect(text).toContain(message);
    expect(text).toContain("Usage:");
  });

  it("explains itself", async () => {
    expect((await run("--help")).text).toMatch(/^Usage: /);
  });
});
