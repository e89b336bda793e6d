import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, loadKerasWeights } from "../../src/index.ts";
import { flattened, models } from "./keras-models.ts";

const path = (file: string): string => fileURLToPath(new URL(`keras/${file}`, import.meta.url));
const results = decodeSafetensors(readFileSync(path("results.safetensors"))).tensors;
/** Our output beside that of NumPy, which is float64. */
const compare = (name: string, y: Tensor): void =>
  expectClose(y.to("float64"), results[`${name}.y`]!, { rtol: 1e-5, atol: 5e-6 });

describe("weights of Keras", () => {
  const files = Object.keys(models).flatMap((name) => [`${name}.weights.h5`, `${name}.h5`, `${name}.npz`]);

  it.each([...files, "mlp.keras"])("compute what NumPy computes: %s", async (file) => {
    const name = file.split(".")[0]!;
    const model = models[name]!().eval();
    const report = await loadKerasWeights(path(file), model, { flattened: flattened[name] ?? {} });
    expect(report).toEqual({ missing: [], unexpected: [] });
    compare(name, model.forward(results[`${name}.x`]!));
  });
});
