import { type AnyModule, GRU, LSTM, type Module, RNN } from "@tapegrad/nn";
import { randn } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { exportOnnx, loadOnnx } from "../../src/index.ts";
import { evaluated, expectSameOutputs } from "./expect-same-outputs.ts";
import { batchesOf, type LayerCall, layerCall, layerNames, twice } from "./layer-calls.ts";
import { modelRows } from "./models.ts";

const bends = { activation: "relu", recurrentActivation: "softsign" } as const;
/** Layers whose activations runtimes know in their operators, beside the usual ones. */
const recurrent: readonly (readonly [string, () => LayerCall])[] = [
  ["LSTM with other activations", new LSTM(3, 4, { ...bends, bidirectional: true })],
  ["GRU with other activations", new GRU(3, 4, { ...bends, recurrentActivation: "sigmoid" })],
  ["RNN of ReLU", new RNN(3, 4, { activation: "relu" })],
].map(([name, layer]) => [
  name as string,
  () => ({ layer: layer as AnyModule, inputs: [randn([5, 2, 3])], dynamicBatch: false }),
]);

const rows = [
  ...recurrent,
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
