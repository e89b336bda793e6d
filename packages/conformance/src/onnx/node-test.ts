import { type Model, readModel, readTensor } from "@tapegrad/onnx/internal";
import type { Tensor } from "@tapegrad/tensor";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A model with inputs and what it must make of them. */
export interface NodeTest {
  readonly name: string;
  readonly model: Model;
  /** Undefined where the file is missing: the input is left out. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly (Tensor | undefined)[];
}

/** Reads the model of a node test. */
export function readNodeModel(folder: string, name: string): Model {
  const path = join(folder, `test_${name}`, "model.onnx");
  return readModel(join(`test_${name}`, "model.onnx"), readFileSync(path));
}

/**
 * Reads a node test.
 *
 * @throws {FormatError} for whatever stands in a file that cannot be read
 */
export function readNodeTest(folder: string, name: string): NodeTest {
  const model = readNodeModel(folder, name);
  const read = (kind: string, count: number): (Tensor | undefined)[] =>
    Array.from({ length: count }, (_, i) => {
      const file = join(`test_${name}`, "test_data_set_0", `${kind}_${i}.pb`);
      const path = join(folder, file);
      return existsSync(path) ? readTensor(file, readFileSync(path)) : undefined;
    });
  return {
    name,
    model,
    inputs: read("input", model.graph.inputs.length),
    outputs: read("output", model.graph.outputs.length),
  };
}
