import { readModel } from "../../src/model/read-model.ts";

/** The operators of a model, in order. */
export function operatorsOf(bytes: Uint8Array): string {
  return readModel("model", bytes)
    .graph.nodes.map(({ opType }) => opType)
    .join(" ");
}
