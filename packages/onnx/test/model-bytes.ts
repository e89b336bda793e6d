import { Message } from "@tapegrad/io/internal";

/** A node as tests say it: from x to y unless told. */
export interface NodeSketch {
  readonly op: string;
  readonly name?: string;
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly domain?: string;
  readonly attributes?: readonly Message[];
}

/** What a graph takes or gives: a name alone, or with the number of a dtype (FLOAT unless told) and extents. */
export type ValueSketch =
  | string
  | { readonly name: string; readonly dtype?: number; readonly shape?: readonly (number | string)[] };

/** A graph as tests say it: from x to y unless told. */
export interface GraphSketch {
  readonly nodes: readonly NodeSketch[];
  readonly inputs?: readonly ValueSketch[];
  readonly outputs?: readonly ValueSketch[];
  readonly initializers?: readonly Message[];
}

/** Attributes, one function for each type. */
export const attribute = {
  float: (name: string, value: number): Message => new Message().text(1, name).float(2, value).whole(20, 1),
  int: (name: string, value: number): Message => new Message().text(1, name).whole(3, value).whole(20, 2),
  text: (name: string, value: string): Message => new Message().text(1, name).text(4, value).whole(20, 3),
  tensor: (name: string, value: Message): Message => new Message().text(1, name).message(5, value).whole(20, 4),
  graph: (name: string, value: GraphSketch): Message =>
    new Message().text(1, name).message(6, graphMessage(value)).whole(20, 5),
  floats: (name: string, values: readonly number[]): Message =>
    new Message().text(1, name).floats(7, values).whole(20, 6),
  ints: (name: string, values: readonly number[]): Message =>
    new Message().text(1, name).wholes(8, values).whole(20, 7),
};

/** A tensor of FLOAT. */
export function floats(name: string, dims: readonly number[], values: readonly number[]): Message {
  return new Message().wholes(1, dims).whole(2, 1).floats(4, values).text(8, name);
}

/** A tensor of INT64. */
export function ints(name: string, dims: readonly number[], values: readonly (number | bigint)[]): Message {
  return new Message().wholes(1, dims).whole(2, 7).wholes(7, values).text(8, name);
}

function nodeMessage(sketch: NodeSketch): Message {
  const { op, name = "", inputs = ["x"], outputs = ["y"], domain = "", attributes = [] } = sketch;
  const node = new Message();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, name).text(4, op).text(7, domain);
  for (const one of attributes) node.message(5, one);
  return node;
}

function valueMessage(sketch: ValueSketch): Message {
  if (typeof sketch === "string") return new Message().text(1, sketch);
  const { name, dtype = 1, shape } = sketch;
  const tensor = new Message().whole(1, dtype);
  if (shape !== undefined) {
    const dims = new Message();
    for (const dim of shape) {
      dims.message(1, typeof dim === "number" ? new Message().whole(1, dim) : new Message().text(2, dim));
    }
    tensor.message(2, dims);
  }
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/** A graph. */
export function graphMessage({ nodes, inputs = ["x"], outputs = ["y"], initializers = [] }: GraphSketch): Message {
  const graph = new Message();
  for (const node of nodes) graph.message(1, nodeMessage(node));
  for (const initializer of initializers) graph.message(5, initializer);
  for (const input of inputs) graph.message(11, valueMessage(input));
  for (const output of outputs) graph.message(12, valueMessage(output));
  return graph;
}

/** What surrounds the graph of a model. */
export interface ModelSketch {
  /** Versions of operators by domain; 17 of the standard one unless told. */
  readonly opsets?: Readonly<Record<string, number>>;
  readonly irVersion?: number;
  readonly more?: Message;
}

/** The bytes of a model. */
export function modelBytes(
  graph: GraphSketch,
  { opsets = { "": 17 }, irVersion = 8, more }: ModelSketch = {},
): Uint8Array {
  const model = new Message().whole(1, irVersion).message(7, graphMessage(graph));
  for (const [domain, version] of Object.entries(opsets)) {
    model.message(8, new Message().text(1, domain).whole(2, version));
  }
  const { bytes } = model;
  if (more === undefined) return bytes;
  return Uint8Array.from([...bytes, ...more.bytes]);
}
