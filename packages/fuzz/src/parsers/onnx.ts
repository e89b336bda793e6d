import { Message } from "@tapegrad/io/internal";
import { loadOnnx } from "@tapegrad/onnx";
import { type Model, readModel } from "@tapegrad/onnx/internal";
import type { Tensor } from "@tapegrad/tensor";
import type { Parser } from "../parser.ts";

type Graph = Model["graph"];
type Node = Graph["nodes"][number];
type Attribute = Node["attributes"][number];
type Initializer = Graph["initializers"][number];
type Port = Graph["inputs"][number];

interface Content {
  readonly opset: number;
  readonly graph: Graph;
  /** What the initializers have become. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** A whole number, as it was before it was rounded to one of JavaScript's, or another that is rounded to the same. */
function int64(value: number): bigint {
  return value === 2 ** 63 ? 2n ** 63n - 1n : BigInt(value);
}

function withAll<T>(message: Message, items: readonly T[], add: (item: T) => void): Message {
  items.forEach(add);
  return message;
}

function attributeMessage({ name, type, f, i, s, t, g, floats, ints, strings }: Attribute): Message {
  const message = new Message().text(1, name).float(2, f).whole(3, int64(i)).text(4, s);
  if (t !== undefined) message.message(5, initializerMessage(t));
  if (g !== undefined) message.message(6, graphMessage(g));
  message.floats(7, floats).wholes(8, ints.map(int64));
  return withAll(message, strings, (each) => message.text(9, each)).whole(20, int64(type));
}

function initializerMessage(tensor: Initializer): Message {
  const message = new Message().wholes(1, tensor.dims.map(int64)).whole(2, int64(tensor.dataType));
  message.floats(4, tensor.floats).wholes(5, tensor.int32s.map(int64)).wholes(7, tensor.int64s.map(int64));
  message.text(8, tensor.name).doubles(10, tensor.doubles).wholes(11, tensor.uint64s.map(int64));
  if (tensor.raw !== undefined) message.content(9, tensor.raw);
  for (const [key, value] of tensor.place) message.message(13, new Message().text(1, key).text(2, value));
  return message.whole(14, Number(tensor.external));
}

function nodeMessage({ name, opType, domain, inputs, outputs, attributes }: Node): Message {
  const node = new Message().text(3, name).text(4, opType).text(7, domain);
  withAll(node, inputs, (each) => node.text(1, each));
  withAll(node, outputs, (each) => node.text(2, each));
  return withAll(node, attributes, (each) => node.message(5, attributeMessage(each)));
}

/** By which field a kind of values is told. */
const kinds: { readonly [K in Port["kind"]]: number } = {
  tensor: 1,
  sequence: 4,
  map: 5,
  "sparse tensor": 8,
  optional: 9,
};

function portMessage({ name, kind, elementType, shape }: Port): Message {
  const type = new Message().whole(1, int64(elementType));
  if (shape !== undefined) {
    const dims = new Message();
    for (const extent of shape) {
      const dim = new Message();
      if (typeof extent === "number") dim.whole(1, int64(extent));
      if (typeof extent === "string") dim.text(2, extent);
      dims.message(1, dim);
    }
    type.message(2, dims);
  }
  return new Message().text(1, name).message(2, new Message().message(kinds[kind], type));
}

function graphMessage({ name, nodes, initializers, inputs, outputs }: Graph): Message {
  const graph = new Message().text(2, name);
  withAll(graph, nodes, (each) => graph.message(1, nodeMessage(each)));
  withAll(graph, initializers, (each) => graph.message(5, initializerMessage(each)));
  withAll(graph, inputs, (each) => graph.message(11, portMessage(each)));
  return withAll(graph, outputs, (each) => graph.message(12, portMessage(each)));
}

/** A file of what the reader keeps of a model; the package's own writer is for modules, not for models as they were read. */
function encode({ opset, graph }: Content): Uint8Array {
  const versions = new Message().text(1, "").whole(2, int64(opset));
  return new Message().whole(1, 8).message(7, graphMessage(graph)).message(8, versions).bytes;
}

function decode(bytes: Uint8Array): Content {
  const { graph, opset } = readModel("fuzz", bytes);
  return { graph, opset: opset("") ?? 1, tensors: loadOnnx(bytes).stateDict() };
}

/** A graph of y = relu(x · w + b) whose tensors are written in two ways. */
const perceptron = new Message()
  .message(1, new Message().text(1, "x").text(1, "w").text(2, "h").text(4, "MatMul"))
  .message(1, new Message().text(1, "h").text(1, "b").text(2, "s").text(4, "Add"))
  .message(
    1,
    new Message()
      .text(1, "s")
      .text(2, "y")
      .text(4, "LeakyRelu")
      .message(5, new Message().text(1, "alpha").float(2, 0.1).whole(20, 1)),
  ) // prettier-ignore
  .message(5, new Message().wholes(1, [2, 1]).whole(2, 1).floats(4, [0.5, -2]).text(8, "w"))
  .message(5, new Message().wholes(1, [1]).whole(2, 11).text(8, "b").content(9, new Uint8Array(8)))
  .message(11, new Message().text(1, "x"))
  .message(12, new Message().text(1, "y"));

/** A graph of one node. */
const identity = new Message()
  .message(1, new Message().text(1, "x").text(2, "y").text(4, "Identity"))
  .message(
    11,
    new Message()
      .text(1, "x")
      .message(
        2,
        new Message().message(
          1,
          new Message().whole(1, 1).message(2, new Message().message(1, new Message().text(2, "n"))),
        ),
      ),
  ) // prettier-ignore
  .message(12, new Message().text(1, "y"));

function file(graph: Uint8Array): Uint8Array {
  return new Message().whole(1, 8).message(8, new Message().whole(2, 17)).content(7, graph).bytes;
}

/** ONNX models, as far as they are read before they run; mutants of graphs have a right length. */
export const onnxParser: Parser<Content> = {
  name: "onnx",
  decode,
  encode,
  values: [identity, perceptron].map((graph) => decode(file(graph.bytes))),
  files: [identity, perceptron].map((graph) => file(graph.bytes)),
  words: [
    "MatMul",
    "Constant",
    "LSTM",
    "x",
    "y",
    "\u0008\u0001",
    "\u0012\u0000",
    "\u00ff\u00ff\u00ff\u00ff\u000f",
    "alpha",
  ],
  within: { seeds: [identity.bytes, perceptron.bytes], wrap: file },
};
