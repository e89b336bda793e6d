import { ValueError } from "@tapegrad/tensor";

const hint = "Pass dynamicBatch: false to export it for the batch of the inputs.";

/** The refusal of what follows the batch in a way that ONNX cannot say. */
export function followsBatch(what: string): ValueError {
  return new ValueError(`exportOnnx: expected a model of batches of any size, got ${what.replace(/\.$/, "")}. ${hint}`);
}
