import { malformed } from "@tapegrad/io/internal";
import { defaultGenerator, FormatError, Generator, TapegradError, type Tensor } from "@tapegrad/tensor";
import { fromData, isTracing, placeError, withTracer } from "@tapegrad/tensor/internal";
import type { GraphProto, NodeProto } from "../model/model-proto.ts";
import { type Model, standardName } from "../model/read-model.ts";
import { toTensor } from "../model/to-tensor.ts";
import { type CallSite, NodeCall } from "../operators/node-call.ts";
import { findOperator, type Row } from "../operators/operators.ts";
import { Values } from "./values.ts";

type Outputs = readonly (Tensor | undefined)[];

/** What all graphs of one run of a model share. */
export interface Run {
  readonly model: Model;
  /** Whether float32 is computed as float64. */
  readonly wide: boolean;
  /** Whether the model is trained. */
  readonly training: boolean;
  /** Inputs and attributes may not ask for more elements than this. */
  readonly largest: number;
  /** Generators of the nodes that have a seed. */
  readonly generators: Map<NodeProto, Generator>;
  /** The numbers of dtypes in the file by name. */
  readonly types: ReadonlyMap<string, number>;
  /** How many nodes may still run: loops in loops end. */
  readonly left: { nodes: number };
  /** Tensors that are the same in each run of a function that is traced. */
  readonly fixed: WeakSet<Tensor>;
}

/**
 * Runs the nodes of a graph in order.
 *
 * @param path `graph`, or the way to a subgraph
 * @param values with inputs and initializers; the outputs of nodes are added
 * @returns one for each output of the graph, in order
 */
export function runGraph(run: Run, graph: GraphProto, path: string, values: Values): Tensor[] {
  graph.nodes.forEach((node, n) => {
    // Constants are known from the beginning.
    if (node.outputs.every((name) => values.get(name) !== undefined)) return;
    const outputs = runNode(run, node, `${path}.node[${n}]`, values);
    node.outputs.forEach((name, i) => {
      const output = outputs[i];
      if (output !== undefined && name !== "") values.set(name, output);
    });
  });
  return graph.outputs.map(
    ({ name }, i) => values.get(name) ?? fail(run, `${path}.output[${i}]`, `expected a value for ${name}, got none`),
  );
}

function fail({ model }: Run, field: string, problem: string): never {
  throw malformed(model.source, field, problem);
}

/** Runs one operator; what our functions say against its inputs is said about the node. */
export function runNode(run: Run, node: NodeProto, field: string, values: Values): Outputs {
  if (run.left.nodes-- === 0) fail(run, field, "expected an end, got more nodes than a run may have");
  const opset = run.model.opset(node.domain);
  if (opset === undefined) fail(run, `${field}.domain`, `expected an imported domain, got "${node.domain}"`);
  const row = findOperator(standardName(node.domain), node.opType);
  if (row === undefined) fail(run, `${field}.op_type`, `expected a known operator, got ${JSON.stringify(node.opType)}`);
  const inputs = node.inputs.map((name, i) => {
    const value = name === "" ? undefined : values.get(name);
    if (name !== "" && value === undefined) fail(run, `${field}.input[${i}]`, `expected a value for ${name}, got none`);
    return value;
  });
  try {
    return apply(run, row, new NodeCall(siteOf(run, node, field, opset, values), node, inputs));
  } catch (error) {
    if (!(error instanceof TapegradError)) {
      // An engine's own error, such as that of an array that is too long.
      const refused = malformed(run.model.source, field, String(error instanceof Error ? error.message : error));
      throw Object.assign(refused, { cause: error });
    }
    if (error instanceof FormatError) throw error;
    throw placeError(error, `in ${field} (${node.opType}${node.name === "" ? "" : ` ${JSON.stringify(node.name)}`})`);
  }
}

function siteOf(run: Run, node: NodeProto, field: string, opset: number, values: Values): CallSite {
  const { model, wide, training, largest, generators, types, fixed } = run;
  return {
    source: model.source,
    field,
    opset,
    wide,
    training,
    largest,
    generator: (seed) => {
      if (seed === undefined) return defaultGenerator();
      const own = generators.get(node) ?? new Generator(seed);
      generators.set(node, own);
      return own;
    },
    lookUp: (name) => values.get(name),
    typeOf: (name) => types.get(name),
    fix: (x) => {
      fixed.add(x);
      return x;
    },
    runBody: (name, graph, inputs) => {
      const inner = new Values(values);
      const path = `${field}.attribute.${name}.g`;
      graph.initializers.forEach((proto, i) => {
        const value = toTensor(model.source, `${path}.initializer[${i}]`, proto);
        inner.set(proto.name, wide && value.dtype === "float32" ? value.to("float64") : value);
      });
      graph.inputs.forEach((input, i) => {
        const value = inputs[i];
        if (value !== undefined) inner.set(input.name, value);
      });
      return runGraph(run, graph, path, inner);
    },
  };
}

/** What follows from constants and shapes alone is computed while a function is traced, so that shapes can follow from it. */
function apply(run: Run, { operator, isFunction }: Row, call: NodeCall): Outputs {
  const isFixed = isTracing() && isFunction && call.inputs.every((x) => x === undefined || run.fixed.has(x));
  if (!isFixed) return listOf(operator(call));
  // The trace depends on what it read.
  for (const x of call.inputs) void x?.data;
  const results = withTracer(undefined, () => listOf(operator(call)).map((y) => y && ([y, y.data] as const)));
  return results.map((y) => y && call.fix(fromData(y[1], y[0].shape, y[0].dtype)));
}

function listOf(result: Tensor | Outputs): Outputs {
  return Array.isArray(result) ? (result as Outputs) : [result as Tensor];
}
