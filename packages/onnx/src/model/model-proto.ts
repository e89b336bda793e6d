import type { Field, Fields } from "@tapegrad/io/internal";
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
  /** Extents of a tensor, undefined if its rank is not told. */
  shape: Extent[] | undefined;
}

/** An extent by number, or by a name that stands for any; undefined where nothing is told. */
export type Extent = number | string | undefined;

/** A computation: nodes in topological order. */
export interface GraphProto {
  name: string;
  nodes: NodeProto[];
  initializers: TensorProto[];
  /** Number of tensors that are stored as their elements other than 0. */
  sparse: number;
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

/** Some exporters write -1 where nothing is known. */
const known = (extent: number): Extent => (extent < 0 ? undefined : extent);

const dimensionFields: Fields<{ extent: Extent }> = {
  1: { name: "dim_value", read: (value, into) => (into.extent = known(value.int())) },
  2: { name: "dim_param", read: (value, into) => (into.extent = value.string() || undefined) },
};

const shapeFields: Fields<Extent[]> = {
  1: {
    name: "dim",
    read: (value, into) => into.push(value.message(dimensionFields, { extent: undefined }).extent),
  },
};

const tensorTypeFields: Fields<ValueProto> = {
  1: { name: "elem_type", read: (value, into) => (into.elementType = value.int()) },
  2: { name: "shape", read: (value, into) => (into.shape = value.message(shapeFields, [])) },
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

const emptyValue = (): ValueProto => ({ name: "", kind: "tensor", elementType: 0, shape: undefined });

const graphFields: Fields<GraphProto> = {
  1: { name: "node", read: (value, into) => into.nodes.push(value.message(nodeFields, emptyNode())) },
  2: { name: "name", read: (value, into) => (into.name = value.string()) },
  5: { name: "initializer", read: (value, into) => into.initializers.push(value.message(tensorFields, emptyTensor())) },
  15: { name: "sparse_initializer", read: (value, into) => (into.sparse += value.bytes().length > 0 ? 1 : 0) },
  11: { name: "input", read: (value, into) => into.inputs.push(value.message(valueFields, emptyValue())) },
  12: { name: "output", read: (value, into) => into.outputs.push(value.message(valueFields, emptyValue())) },
};

const emptyGraph = (): GraphProto => ({ name: "", nodes: [], initializers: [], sparse: 0, inputs: [], outputs: [] });

const opsetFields: Fields<{ domain: string; version: number }> = {
  1: { name: "domain", read: (value, into) => (into.domain = value.string()) },
  2: { name: "version", read: (value, into) => (into.version = value.int()) },
};

/** The fields of a `ModelProto`. */
export const modelFields: Fields<ModelProto> = {
  1: { name: "ir_version", read: (value, into) => (into.irVersion = value.int()) },
  7: { name: "graph", read: (value, into) => (into.graph = value.message(graphFields, into.graph ?? emptyGraph())) },
  8: {
    name: "opset_import",
    read: (value, into) => into.opsets.push(value.message(opsetFields, { domain: "", version: 0 })),
  },
  25: { name: "functions", read: (value, into) => (into.functions += value.bytes().length > 0 ? 1 : 0) },
};
