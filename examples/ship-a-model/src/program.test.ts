import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runProgram } from "./program.ts";
import { runEach } from "./run-each.ts";
import { ship } from "./ship.ts";
import { trainNet } from "./train-net.ts";

const folder = mkdtempSync(join(tmpdir(), "ship-a-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(out: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await runProgram(args, { write: (line) => void lines.push(line), out });
  return { code, text: lines.join("\n") };
}

describe("the files", async () => {
  const trained = trainNet(0, 4);
  const files = ship(trained);
  const outcomes = await runEach(files, trained);

  it("give what the network gives", () => {
    expect(outcomes.map(({ file }) => file)).toEqual(["predict.wasm", "train.wasm", "model.onnx", "model.safetensors"]);
    const [predict, train, graph, weights] = outcomes;
    expect(predict!.difference).toBeLessThan(2e-5); // the compiled network sums in another order
    expect(graph!.difference).toBeLessThan(2e-5);
    expect([train!.difference, weights!.difference]).toEqual([0, 0]);
    for (const { accuracy } of outcomes) expect(accuracy).toBeGreaterThan(0.85);
  });

  it("are small", () => {
    expect(files["predict.wasm"].length).toBeLessThan(60_000);
    expect(files["train.wasm"].length).toBeLessThan(120_000);
  });

  it("are compared with the network, not with themselves", async () => {
    const other = trainNet(1, 1);
    const mixed = { ...files, "model.safetensors": ship(other)["model.safetensors"] };
    const differences = (await runEach(mixed, trained)).map(({ difference }) => difference);
    expect(differences.at(-1)).toBeGreaterThan(1);
  });
});

describe("the program", () => {
  it("writes the files and a line for each", async () => {
    const out = join(folder, "out");
    const { code, text } = await run(out, "--epochs", "1");
    expect(code).toBe(0);
    expect(text).toMatch(/^predict\.wasm +\d\d,\d{3} {2}its loader +\d+\.\d\d % +\d\.\de-\d$/m);
    expect(text).toMatch(/^train\.wasm +\d{2,3},\d{3} {2}its loader, 20 steps +\d+\.\d\d % +0$/m);
    expect(readdirSync(out).toSorted()).toEqual(["model.onnx", "model.safetensors", "predict.wasm", "train.wasm"]);
    expect(WebAssembly.validate(readFileSync(join(out, "train.wasm")))).toBe(true);
  });

  it("writes nothing in a dry run", async () => {
    const out = join(folder, "dry");
    const { code, text } = await run(out, "--dry-run");
    expect(code).toBe(0);
    expect(text).toContain("Dry run: nothing was written.");
    expect(existsSync(out)).toBe(false);
  });

  it("shows its usage", async () => {
    expect((await run(folder, "--help")).text).toContain("--epochs N   how many epochs, from 1 (default: 20)");
  });

  it.each([
    [["--epoch", "3"], "Unknown option '--epoch'. Allowed: --seed, --epochs, --dry-run, --help."],
    [["--epochs", "0"], '--epochs: expected a whole number from 1, got "0".'],
  ])("says what is allowed for %j", async (args, message) => {
    const { code, text } = await run(folder, ...args);
    expect(code).toBe(2);
    expect(text).toContain(message);
  });
});
