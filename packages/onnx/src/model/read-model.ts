import { type Field, type Fields, malformed, readMessage } from "@tapegrad/io/internal";
import { limits } from "./limits.ts";
import { emptyTensor, tensorFields, type TensorProto } from "./tensor-proto.ts";

/** An attribute: one of its values is set, `type` says which. */
export interface AttributeProto {
  name: string;
  type: number;
  f: number;
  i: number;
  s: string;
  t: TensorProto | undefined;
  floats: number[];
  ints: number[];
  strings: string[];
  /** A subgraph, which may read the names around it. */
  g: GraphProto | undefined;
}

/** One application of an operator; an empty name is an input or output that is left out. */
export interface NodeProto {
  name: string;
  opType: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: AttributeProto[];
}

/** What a graph takes or gives. */
export interface ValueProto {
  name: string;
  /** Other than tensors are read by their kind only. */
  kind: "tensor" | "sequence" | "map" | "optional" | "sparse tensor";
  /** Number of the dtype of a tensor, 0 if it is not told. */
  elementType: number;
}

/** A computation: nodes in topological order. */
export interface GraphProto {
  name: string;
  nodes: NodeProto[];
  initializers: TensorProto[];
  inputs: ValueProto[];
  outputs: ValueProto[];
}

/** A graph with the version of the operators of each domain (the standard domain is ""). */
export interface ModelProto {
  irVersion: number;
  graph: GraphProto | undefined;
  opsets: { domain: string; version: number }[];
  /** Number of functions local to the model. */
  functions: number;
}

const attributeFields: Fields<AttributeProto> = {
  1: { name: "name", read: (value, into) => (into.name = value.string()) },
  2: { name: "f", read: (value, into) => (into.f = value.float()) },
  3: { name: "i", read: (value, into) => (into.i = value.int()) },
  4: { name: "s", read: (value, into) => (into.s = value.string()) },
  5: { name: "t", read: (value, into) => (into.t = value.message(tensorFields, emptyTensor())) },
  6: { name: "g", read: (value, into) => (into.g = value.message(graphFields, emptyGraph())) },
  7: { name: "floats", read: (value, into) => value.floats(into.floats) },
  8: { name: "ints", read: (value, into) => value.ints(into.ints) },
  9: { name: "strings", read: (value, into) => into.strings.push(value.string()) },
  20: { name: "type", read: (value, into) => (into.type = value.int()) },
};

const emptyAttribute = (): AttributeProto => ({
  name: "",
  type: 0,
  f: 0,
  i: 0,
  s: "",
  t: undefined,
  floats: [],
  ints: [],
  strings: [],
  g: undefined,
});

const nodeFields: Fields<NodeProto> = {
  1: { name: "input", read: (value, into) => into.inputs.push(value.string()) },
  2: { name: "output", read: (value, into) => into.outputs.push(value.string()) },
  3: { name: "name", read: (value, into) => (into.name = value.string()) },
  4: { name: "op_type", read: (value, into) => (into.opType = value.string()) },
  5: {
    name: "attribute",
    read: (value, into) => into.attributes.push(value.message(attributeFields, emptyAttribute())),
  },
  7: { name: "domain", read: (value, into) => (into.domain = value.string()) },
};

const emptyNode = (): NodeProto => ({ name: "", opType: "", domain: "", inputs: [], outputs: [], attributes: [] });

const tensorTypeFields: Fields<ValueProto> = {
  1: { name: "elem_type", read: (value, into) => (into.elementType = value.int()) },
};

/** A type that is told by the number of its field. */
function ofKind(name: string, kind: ValueProto["kind"]): Field<ValueProto> {
  return {
    name,
    read: (value, into) => {
      into.kind = kind;
      if (kind === "tensor") value.message(tensorTypeFields, into);
      else value.bytes();
    },
  };
}

const typeFields: Fields<ValueProto> = {
  1: ofKind("tensor_type", "tensor"),
  4: ofKind("sequence_type", "sequence"),
  5: ofKind("map_type", "map"),
  8: ofKind("sparse_tensor_type", "sparse tensor"),
  9: ofKind("optional_type", "optional"),
};

const valueFields: Fields<ValueProto> = {
  1: { name: "name", read: (value, into) => (into.name = value.string()) },
  2: { name: "type", read: (value, into) => void value.message(typeFields, into) },
};

const emptyValue = (): ValueProto => ({ name: "", kind: "tensor", elementType: 0 });

const graphFields: Fields<GraphProto> = {
  1: { name: "node", read: (value, into) => into.nodes.push(value.message(nodeFields, emptyNode())) },
  2: { name: "name", read: (value, into) => (into.name = value.string()) },
  5: { name: "initializer", read: (value, into) => into.initializers.push(value.message(tensorFields, emptyTensor())) },
  11: { name: "input", read: (value, into) => into.inputs.push(value.message(valueFields, emptyValue())) },
  12: { name: "output", read: (value, into) => into.outputs.push(value.message(valueFields, emptyValue())) },
};

const emptyGraph = (): GraphProto => ({ name: "", nodes: [], initializers: [], inputs: [], outputs: [] });

const opsetFields: Fields<{ domain: string; version: number }> = {
  1: { name: "domain", read: (value, into) => (into.domain = value.string()) },
  2: { name: "version", read: (value, into) => (into.version = value.int()) },
};

const modelFields: Fields<ModelProto> = {
  1: { name: "ir_version", read: (value, into) => (into.irVersion = value.int()) },
  7: { name: "graph", read: (value, into) => (into.graph = value.message(graphFields, into.graph ?? emptyGraph())) },
  8: {
    name: "opset_import",
    read: (value, into) => into.opsets.push(value.message(opsetFields, { domain: "", version: 0 })),
  },
  25: { name: "functions", read: (value, into) => (into.functions += value.bytes().length > 0 ? 1 : 0) },
};

/** A model whose graph is complete. */
export interface Model {
  readonly file: string;
  readonly graph: GraphProto;
  /** Version of the operators of a domain; undefined if the model does not import it. */
  readonly opset: (domain: string) => number | undefined;
}

/**
 * Reads an ONNX model: every name that a node reads must be an input, an initializer or an earlier output.
 *
 * @param file name for messages
 * @throws {FormatError} naming the file and the field
 */
export function readModel(file: string, bytes: Uint8Array): Model {
  const empty: ModelProto = {
    irVersion: 0,
    graph: undefined,
    opsets: [],
    functions: 0,
  };
  const proto = readMessage(file, bytes, modelFields, empty, limits);
  const { graph, opsets } = proto;
  if (graph === undefined) throw malformed(file, "graph", "expected a graph, got none");
  if (proto.functions > 0) throw malformed(file, "functions", `expected none, got ${proto.functions}`);
  if (opsets.length === 0) throw malformed(file, "opset_import", "expected at least one, got none");
  checkNames(file, "graph", graph, new Set());
  const versions = new Map(opsets.map(({ domain, version }) => [standardName(domain), version]));
  return { file, graph, opset: (domain) => versions.get(standardName(domain)) };
}

/** The standard domain has two names. */
function standardName(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

/** @param around names that a subgraph may read */
function checkNames(file: string, path: string, graph: GraphProto, around: ReadonlySet<string>): void {
  const known = new Set(around);
  const define = (field: string, name: string): void => {
    if (known.has(name)) throw malformed(file, `${path}.${field}`, `expected a new name, got "${name}" again`);
    known.add(name);
  };
  const expectKnown = (field: string, name: string): void => {
    if (!known.has(name)) throw malformed(file, `${path}.${field}`, `expected a known name, got "${name}"`);
  };
  graph.inputs.forEach(({ name }, i) => define(`input[${i}].name`, name));
  // An initializer may give an input its default.
  graph.initializers.forEach(({ name }) => known.add(name));
  graph.nodes.forEach((node, n) => {
    node.inputs.forEach((name, i) => {
      if (name !== "") expectKnown(`node[${n}].input[${i}]`, name);
    });
    node.attributes.forEach(({ g }, i) => {
      if (g !== undefined) checkNames(file, `${path}.node[${n}].attribute[${i}].g`, g, known);
    });
    node.outputs.forEach((name, i) => {
      if (name !== "") define(`node[${n}].output[${i}]`, name);
    });
  });
  graph.outputs.forEach(({ name }, i) => expectKnown(`output[${i}].name`, name));
}
