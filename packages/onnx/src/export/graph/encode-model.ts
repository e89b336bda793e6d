import type { Bytes } from "@tapegrad/io";
import { Message } from "@tapegrad/io/internal";
import { type DType, ValueError } from "@tapegrad/tensor";
import { type Extent, isFixed, symbolOf } from "./extent.ts";
import { type Attribute, Float, type GraphWriter, type Initializer, type OnnxNode } from "./graph-writer.ts";
import { bytesOf, dtypeNumbers } from "./onnx-dtype.ts";

/** What a graph takes or gives. */
export interface Port {
  readonly name: string;
  readonly shape: readonly Extent[];
  readonly dtype: DType;
}

/** The version of the format in which a version of the operators appeared. */
function formatVersion(opset: number): number {
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  return opset <= 22 ? 10 : 11;
}

/**
 * A model as it stands in a file.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function encodeModel(
  writer: GraphWriter,
  name: string,
  inputs: readonly Port[],
  outputs: readonly Port[],
): Bytes {
  const graph = new Message();
  for (const node of writer.nodeList) graph.message(1, encodeNode(node));
  graph.text(2, name);
  for (const initializer of writer.initializers) graph.message(5, encodeTensor(initializer));
  for (const port of inputs) graph.message(11, encodePort(port));
  for (const port of outputs) graph.message(12, encodePort(port));
  expectSmall(graph.length);
  return new Message()
    .whole(1, formatVersion(writer.opset))
    .text(2, "tapegrad")
    .message(7, graph)
    .message(8, new Message().text(1, "").whole(2, writer.opset)).bytes;
}

/** Throws for more than a message of protocol buffers may have. */
export function expectSmall(bytes: number): void {
  if (bytes < 2 ** 31 - 1000) return;
  throw new ValueError(`exportOnnx: expected a model of at most 2 GiB, got ${(bytes / 2 ** 30).toFixed(1)} GiB.`);
}

function encodeNode({ op, inputs, outputs, attrs }: OnnxNode): Message {
  const node = new Message();
  for (const name of inputs) node.text(1, name);
  for (const name of outputs) node.text(2, name);
  // Some runtimes want names, and outputs have some of their own.
  node.text(3, `${op}:${outputs[0]!}`).text(4, op);
  for (const [name, value] of Object.entries(attrs)) node.message(5, encodeAttribute(name, value));
  return node;
}

/** How kinds of attributes are numbered. */
const kinds = { float: 1, whole: 2, text: 3, wholes: 7, texts: 8 } as const;

function encodeAttribute(name: string, value: Attribute): Message {
  const attribute = new Message().text(1, name);
  if (value instanceof Float) return attribute.float(2, value.value).whole(20, kinds.float);
  if (typeof value === "number") return attribute.whole(3, value).whole(20, kinds.whole);
  if (typeof value === "string") return attribute.text(4, value).whole(20, kinds.text);
  for (const item of value) {
    if (typeof item === "string") attribute.text(9, item);
    else attribute.whole(8, item);
  }
  return attribute.whole(20, typeof value[0] === "string" ? kinds.texts : kinds.wholes);
}

function encodeTensor({ name, data, shape, dtype }: Initializer): Message {
  const tensor = new Message();
  for (const extent of shape) tensor.whole(1, extent);
  return tensor.whole(2, dtypeNumbers[dtype]).text(8, name).content(9, bytesOf(data));
}

function encodePort({ name, shape, dtype }: Port): Message {
  const dimensions = new Message();
  for (const extent of shape) {
    const dimension = new Message();
    if (isFixed(extent)) dimension.whole(1, extent);
    else dimension.text(2, symbolOf(extent));
    dimensions.message(1, dimension);
  }
  const tensorType = new Message().whole(1, dtypeNumbers[dtype]).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensorType));
}
