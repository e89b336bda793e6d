import { malformed } from "@tapegrad/io/internal";
import type { Tensor } from "@tapegrad/tensor";
import type { Model } from "../model/read-model.ts";
import { limits } from "../model/limits.ts";
import { toTensor } from "../model/to-tensor.ts";
import { elementTypesOf } from "./element-types.ts";
import { runGraph } from "./run-graph.ts";
import { Values } from "./values.ts";

/** Options of {@link runModel}. */
export interface RunOptions {
  /** Whether float32 is computed as float64; the inputs have to be float64 then. */
  readonly wide?: boolean;
  /** Inputs and attributes may not ask for more elements than this; 2²⁷ unless given. */
  readonly largest?: number;
  /** How many nodes may run, those of loops in each trip; 2²² unless given. */
  readonly nodes?: number;
}

/**
 * Runs a model once, as it stands in its file, with our public functions, so that its outputs can be differentiated by its
 * inputs.
 *
 * @param inputs one for each input of the graph, in order
 * @returns one for each output of the graph, in order
 * @throws {FormatError} naming the node, for an unknown operator
 * @throws {TapegradError} for whatever one of our functions refuses, with the node before its message
 */
export function runModel(model: Model, inputs: readonly (Tensor | undefined)[], options: RunOptions = {}): Tensor[] {
  const { wide = false, largest = limits.elements, nodes = limits.nodes } = options;
  const { graph, source } = model;
  const values = new Values();
  graph.initializers.forEach((proto, i) => {
    const value = toTensor(source, `graph.initializer[${i}]`, proto);
    values.set(proto.name, wide && value.dtype === "float32" ? value.to("float64") : value);
  });
  graph.inputs.forEach(({ name }, i) => {
    const value = inputs[i];
    if (value !== undefined) values.set(name, value);
    else if (values.get(name) === undefined) {
      throw malformed(source, `graph.input[${i}]`, `expected a value for ${name}, got none`);
    }
  });
  const types = elementTypesOf(graph);
  const run = {
    model,
    wide,
    largest,
    training: false,
    generators: new Map(),
    types,
    fixed: new WeakSet<Tensor>(),
    left: { nodes },
  };
  return runGraph(run, graph, "graph", values);
}
