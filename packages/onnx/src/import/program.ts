import { expectBytes } from "@tapegrad/io/internal";
import type { Buffer, Parameter } from "@tapegrad/nn";
import type { Generator, Tensor } from "@tapegrad/tensor";
import {
  isPlainObject,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { limits } from "../model/limits.ts";
import type { NodeProto } from "../model/model-proto.ts";
import { type Model, readModel } from "../model/read-model.ts";
import { elementTypesOf } from "./element-types.ts";
import { initialTensors } from "./initial-tensors.ts";
import { onnxValue, type OnnxValue } from "./onnx-value.ts";
import { expectSupported } from "./unsupported.ts";

/** Options of `loadOnnx`. */
export interface LoadOnnxOptions {
  /** The bytes of the files beside the model that hold its large tensors, by the names that the model calls them; none unless given. */
  readonly externalData?: Readonly<Record<string, Uint8Array>> | ReadonlyMap<string, Uint8Array> | undefined;
  /** How many bytes the model may have at most; 2 GiB, which is what the format allows, unless given. */
  readonly maxBytes?: number;
  /** How many elements an attribute or an input of a node may ask for at most, as `Tile` and `Pad` do; 2²⁷ unless given. */
  readonly maxElements?: number;
}

type Files = NonNullable<LoadOnnxOptions["externalData"]>;

const files: ValueRange<Files> = {
  text: "to be a Map or an object of Uint8Arrays by name",
  has: (value): value is Files =>
    (value instanceof Map ? [...value.values()] : isPlainObject(value) ? Object.values(value) : [undefined]).every(
      (bytes) => bytes instanceof Uint8Array,
    ),
};

const table: OptionTable<LoadOnnxOptions> = {
  externalData: optional(files),
  maxBytes: option(ranges.count, limits.bytes),
  maxElements: option(ranges.count, limits.elements),
};

const fn = "loadOnnx";

/** What a module is made of. */
export interface Program {
  readonly model: Model;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Generators of the nodes that have a seed. */
  readonly generators: Map<NodeProto, Generator>;
  /** The numbers of dtypes in the file by name. */
  readonly types: ReadonlyMap<string, number>;
  /** Inputs and attributes may not ask for more elements than this. */
  readonly largest: number;
  /** Parameters and buffers by name. */
  readonly tensors: ReadonlyMap<string, Parameter | Buffer>;
}

/** Reads what a module is made of; see `loadOnnx`. */
export function readProgram(bytes: Uint8Array, options: LoadOnnxOptions): Program {
  const { externalData = {}, maxBytes, maxElements } = settleOptions(fn, options, table);
  expectBytes(fn, bytes);
  const model = readModel(fn, bytes, maxBytes);
  expectSupported(model);
  const { graph } = model;
  const lasting = { model, largest: maxElements, generators: new Map(), types: elementTypesOf(graph) };
  const run = { ...lasting, wide: false, training: false, fixed: new WeakSet<Tensor>(), left: { nodes: limits.nodes } };
  const files = new Map(externalData instanceof Map ? externalData : Object.entries(externalData));
  const tensors = initialTensors(run, files);
  // They are not needed any more, nor are the bytes that they look at.
  graph.initializers.length = 0;
  const all = (kind: "inputs" | "outputs"): OnnxValue[] =>
    graph[kind].map((value, i) => onnxValue(fn, `graph.${kind.slice(0, -1)}[${i}]`, value));
  // An input that has an initializer need not be given.
  const inputs = all("inputs").filter(({ name }) => !tensors.has(name));
  return { ...lasting, inputs, outputs: all("outputs"), tensors };
}
