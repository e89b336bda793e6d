import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor } from "@tapegrad/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/index.ts";
import { hasPython, python } from "./python.ts";
import { models } from "./torch-models.ts";

const folder = mkdtempSync(join(tmpdir(), "weights-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasPython("torch"))("PyTorch", () => {
  it("loads our files strictly, and computes the same", () => {
    const results = decodeSafetensors(readFileSync(new URL("torch/results.safetensors", import.meta.url))).tensors;
    const outputs: Record<string, Tensor> = {};
    for (const [name, make] of Object.entries(models)) {
      const { module, run } = make();
      module.eval();
      outputs[name] = run(results[`${name}.x`]!);
      writeFileSync(join(folder, `${name}.safetensors`), encodeSafetensors(module.stateDict()));
    }
    writeFileSync(join(folder, "outputs.safetensors"), encodeSafetensors(outputs));
    const lines = python("torch/check-back.py", folder).trim().split("\n");
    const distances = lines.map((line) => line.split(" ") as [name: string, distance: string]);
    expect(distances.map(([name]) => name)).toEqual(Object.keys(models));
    for (const [name, distance] of distances) expect(Number(distance), name).toBeLessThan(5e-6);
  });
});
