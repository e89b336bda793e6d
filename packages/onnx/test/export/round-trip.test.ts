import type { Module } from "@tapegrad/nn";
import { describe, expect, it } from "vitest";
import { exportOnnx, loadOnnx } from "../../src/index.ts";
import { evaluated, expectSameOutputs } from "./expect-same-outputs.ts";
import { batchesOf, layerCall, layerNames, twice } from "./layer-calls.ts";
import { modelRows } from "./models.ts";

const rows = [
  ...layerNames.map((name) => [name, () => layerCall(name)] as const),
  ...modelRows.map(([name, make, inputs]) => [name, () => ({ layer: make(), inputs, dynamicBatch: true })] as const),
];

describe("what was exported, imported", () => {
  it.each(rows)("computes the same: %s", (_name, make) => {
    const call = make();
    const { layer, inputs, dynamicBatch } = call;
    const imported = loadOnnx(exportOnnx(layer, inputs, { dynamicBatch }));
    for (const batch of batchesOf(call)) {
      expectSameOutputs(evaluated(imported, batch), evaluated(layer, batch));
    }
    // Parameters have kept their names.
    const state = (layer as unknown as Module).stateDict();
    for (const [name, parameter] of imported.namedParameters()) {
      if (name in state) expect(parameter.toArray()).toEqual(state[name]!.toArray());
    }
  });

  it.each(modelRows)("can be exported again: %s", (_name, make, inputs) => {
    const model = make();
    const imported = loadOnnx(exportOnnx(model, inputs));
    const again = loadOnnx(exportOnnx(imported, inputs));
    expectSameOutputs(evaluated(again, twice(inputs)), evaluated(model, twice(inputs)));
  });
});
