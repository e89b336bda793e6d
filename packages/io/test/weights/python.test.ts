import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor } from "@tapegrad/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, loadKerasWeights, saveKerasWeights } from "../../src/index.ts";
import { type Hdf5Dataset, type Hdf5Group, openHdf5 } from "../../src/hdf5/open-hdf5.ts";
import { flattened, models as kerasModels } from "./keras-models.ts";
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

describe.skipIf(!hasPython("h5py", "numpy"))("h5py and NumPy", () => {
  it("find in our files what Keras would have saved", async () => {
    for (const [name, make] of Object.entries(kerasModels)) {
      const model = make();
      const options = { flattened: flattened[name] ?? {} };
      await loadKerasWeights(new URL(`keras/${name}.npz`, import.meta.url), model, options);
      for (const ending of ["weights.h5", "npz"])
        await saveKerasWeights(join(folder, `${name}.${ending}`), model, options);
    }
    expect(python("keras/check-back.py", folder).trim().split("\n")).toEqual(Object.keys(kerasModels));
  });

  it("write groups of many names, which we read", () => {
    const path = join(folder, "many.h5");
    python("../hdf5/make-fixtures.py", path, "900");
    const many = openHdf5("f", path, new Uint8Array(readFileSync(path))).get("many") as Hdf5Group;
    expect(many.names).toHaveLength(900);
    for (const name of many.names) expect(`name${(many.get(name) as Hdf5Dataset).read(name).item()}`).toBe(name);
  });
});
