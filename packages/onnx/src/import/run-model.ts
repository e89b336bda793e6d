import { malformed } from "@tapegrad/io/internal";
import { FormatError, type Tensor } from "@tapegrad/tensor";
import type { GraphProto, Model, NodeProto } from "../model/read-model.ts";
import { type CallSite, NodeCall } from "../operators/node-call.ts";
import { findOperator } from "../operators/operators.ts";
import { toTensor } from "../model/tensor-proto.ts";

/** Options of {@link runModel}. */
export interface RunOptions {
  /** Whether float32 is computed as float64; the inputs have to be float64 then. */
  readonly wide?: boolean;
}

type Values = ReadonlyMap<string, Tensor>;

/** A graph in its place. */
interface Scope {
  readonly model: Model;
  readonly wide: boolean;
  readonly graph: GraphProto;
  /** `graph`, or the way to a subgraph. */
  readonly path: string;
  /** What a subgraph may read besides its own. */
  readonly around: Values;
}

/**
 * Runs a model with our public functions, so that its outputs can be differentiated by its inputs.
 *
 * @param inputs one for each input of the graph, in order
 * @returns one for each output of the graph, in order
 * @throws {FormatError} naming the node, for an unknown operator and for whatever one of our functions refuses
 */
export function runModel(model: Model, inputs: readonly (Tensor | undefined)[], options: RunOptions = {}): Tensor[] {
  const { wide = false } = options;
  return runGraph({ model, wide, graph: model.graph, path: "graph", around: new Map() }, inputs);
}

function runGraph(scope: Scope, inputs: readonly (Tensor | undefined)[]): Tensor[] {
  const { graph, path, wide, model } = scope;
  const values = new Map(scope.around);
  graph.initializers.forEach((proto, i) => {
    const value = toTensor(model.file, `${path}.initializer[${i}]`, proto);
    values.set(proto.name, wide && value.dtype === "float32" ? value.to("float64") : value);
  });
  graph.inputs.forEach(({ name }, i) => {
    const value = inputs[i];
    if (value !== undefined) values.set(name, value);
    else if (!values.has(name)) fail(scope, `input[${i}]`, `expected a value for ${name}, got none`);
  });
  graph.nodes.forEach((node, n) => {
    const outputs = runNode(scope, node, n, values);
    node.outputs.forEach((name, i) => {
      const output = outputs[i];
      if (output !== undefined && name !== "") values.set(name, output);
    });
  });
  return graph.outputs.map(
    ({ name }, i) => values.get(name) ?? fail(scope, `output[${i}]`, `expected a value for ${name}, got none`),
  );
}

function fail({ model, path }: Scope, field: string, problem: string): never {
  throw malformed(model.file, `${path}.${field}`, problem);
}

/** Runs one operator; what our functions say against its inputs is said about the node. */
function runNode(scope: Scope, node: NodeProto, n: number, values: Values): readonly (Tensor | undefined)[] {
  const { model, wide } = scope;
  const opset = model.opset(node.domain);
  if (opset === undefined) fail(scope, `node[${n}].domain`, `expected an imported domain, got "${node.domain}"`);
  const operator = findOperator(node.domain, node.opType);
  if (operator === undefined) {
    fail(scope, `node[${n}].op_type`, `expected a known operator, got ${JSON.stringify(node.opType)}`);
  }
  const field = `${scope.path}.node[${n}]`;
  const runBody: CallSite["runBody"] = (name, graph, inputs) =>
    runGraph({ ...scope, graph, path: `${field}.attribute.${name}.g`, around: values }, inputs);
  const given = node.inputs.map((name, i) => {
    const value = name === "" ? undefined : values.get(name);
    if (name !== "" && value === undefined) fail(scope, `node[${n}].input[${i}]`, `expected a value for ${name}`);
    return value;
  });
  try {
    const lookUp = (name: string): Tensor | undefined => values.get(name);
    const result = operator(new NodeCall({ file: model.file, field, opset, wide, lookUp, runBody }, node, given));
    return Array.isArray(result) ? (result as readonly (Tensor | undefined)[]) : [result as Tensor];
  } catch (error) {
    if (error instanceof FormatError || !(error instanceof Error)) throw error;
    const refused = malformed(model.file, field, error.message.replace(/\.$/, ""));
    refused.cause = error;
    throw refused;
  }
}
