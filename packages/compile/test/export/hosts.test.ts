import "@tapegrad/autograd";
import { Dense, Dropout, functional, LayerNorm, ReLU, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { Generator, manualSeed, randint, randn, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectElements, fromData } from "@tapegrad/tensor/internal";
import { chromium, isLeftOut, runInBrowser } from "@tapegrad/testing/browsers";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.ts";
import { exportWasm } from "../../src/export-wasm.ts";
import { loadWasm } from "../../src/loader.ts";
import { bundle } from "../bundle.ts";

/** A network, and a step that trains it, always from the same start. */
function makeStep(): { model: Sequential; step: (x: Tensor, y: Tensor) => Tensor } {
  manualSeed(4);
  const dropout = new Dropout(0.2, { generator: new Generator(2) });
  const model = new Sequential(new Dense(6, 16), new LayerNorm(16), new ReLU(), dropout, new Dense(16, 4));
  const optimizer = new Adam(model.parameters(), { lr: 0.01 });
  const step = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = functional.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, step };
}

const batch = (): [x: Tensor, y: Tensor] => [randn([8, 6]), randint(0, 4, [8])];

const hasInterpreter = spawnSync("wasm-interp", ["--version"]).status === 0;

// A module that checks its own numbers needs nobody who reads them.
describe.skipIf(!hasInterpreter && process.env["CI"] !== "true")("in wabt's interpreter", () => {
  function interpret(wasm: Uint8Array): string {
    const folder = mkdtempSync(join(tmpdir(), "wasm-"));
    try {
      writeFileSync(join(folder, "step.wasm"), wasm);
      const { stdout, stderr } = spawnSync("wasm-interp", [join(folder, "step.wasm"), "--run-all-exports"], {
        encoding: "utf8",
      });
      return stdout + stderr;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Two steps and what the network says then, which has to be `expected`, as a module without arguments. */
  function checking(expected: Tensor | undefined): Uint8Array<ArrayBuffer> {
    const { model, step } = makeStep();
    const [x, y] = batch();
    const train = compile(() => {
      step(x, y);
      step(x, y);
      const logits = model.eval().forward(x);
      model.train();
      const differences = logits.sub(expected ?? logits);
      expectElements(differences, {
        within: [[0, 0]],
        error: (d) => new ValueError(`train: expected no difference, got ${d}.`),
      });
      return logits;
    });
    const { wasm, describe: description } = exportWasm(train, []);
    expect(description.errors.at(-1)).toBe("train: expected no difference.");
    return wasm;
  }

  it("trains to the bits of this engine", async () => {
    const [logits] = (await loadWasm(checking(undefined))).run();
    const expected = fromData(logits as Float32Array, [8, 4], "float32");
    const module = checking(expected);
    expect((await loadWasm(module)).run()).toEqual([logits]);
    expect(interpret(module)).toMatch(/^run\(\) => i32:0\nresult\(\) => i32:\d+\n$/);
    expected.data[31] = Math.fround(expected.data[31]! * (1 + 2 ** -22));
    const wrong = checking(expected);
    expect(interpret(wrong)).toMatch(/^run\(\) => i32:2\n/); // the first are the classes
    await expect(loadWasm(wrong).then((loaded) => loaded.run())).rejects.toThrow("train: expected no difference.");
  });
});

describe.skipIf(isLeftOut(chromium))("in Chromium", () => {
  it.each([true, false])("trains to the bits of Node, isolated: %s", async (isolated) => {
    const { model, step } = makeStep();
    const compiled = compile(step, { deterministic: true });
    const { wasm } = exportWasm(compiled, batch(), { state: model });
    const batches = Array.from({ length: 50 }, batch);
    const text = await bundle(`
      import { loadWasm } from "./src/loader.ts";
      const wasm = Uint8Array.from(atob("${Buffer.from(wasm).toString("base64")}"), (byte) => byte.codePointAt(0));
      const loaded = await loadWasm(wasm);
      const losses = ${JSON.stringify(batches.map((tensors) => tensors.map(({ data }) => [...data])))}.map(
        ([x, y]) => loaded.run(x, y)[0][0],
      );
      await report({ losses, weight: [...loaded.stateDict()["0.weight"]] });
    `);
    const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
    const result = await runInBrowser(chromium, { isolated, policy, scripts: { "/module.js": text } });
    const losses = batches.map((tensors) => compiled(...tensors).item());
    expect(result).toEqual({ losses, weight: [...(model.stateDict()["0.weight"] as Tensor).data] });
  });
});
