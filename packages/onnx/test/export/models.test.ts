import type { Module } from "@tapegrad/nn";
import { describe, it } from "vitest";
import { exportOnnx } from "../../src/index.ts";
import { expectSameInRuntime } from "./expect-same-outputs.ts";
import { twice } from "./layer-calls.ts";
import { modelRows } from "./models.ts";

describe("models in ONNX Runtime give what they give here, for two sizes of batches", () => {
  it.each(modelRows)("%s", async (_what, make, inputs) => {
    const model = make();
    // Statistics other than those of a fresh network.
    if (inputs.length === 1) (model as Module).forward(inputs[0]!);
    for (const opset of [17, 23]) {
      await expectSameInRuntime(exportOnnx(model, inputs, { opset }), model, [inputs, twice(inputs)]);
    }
    await expectSameInRuntime(exportOnnx(model, inputs, { dynamicBatch: false }), model, [inputs]);
  });
});
