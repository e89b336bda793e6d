import type { Tensor } from "@tapegrad/tensor";
import {
  expectValue,
  isPlainObject,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { limits } from "../model/limits.ts";
import { type Model, readModel } from "../model/read-model.ts";
import { elementTypesOf } from "./element-types.ts";
import { initialTensors } from "./initial-tensors.ts";
import { OnnxModule, type Program } from "./onnx-module.ts";
import { onnxValue, type OnnxValue } from "./onnx-value.ts";
import type { Run } from "./run-graph.ts";
import { expectSupported } from "./unsupported.ts";

type Files = Readonly<Record<string, Uint8Array>> | ReadonlyMap<string, Uint8Array>;

/** Options of {@link loadOnnx}. */
export interface LoadOnnxOptions {
  /** The bytes of the files beside the model that hold its large tensors, by the names that the model calls them; none unless given. */
  readonly externalData?: Files | undefined;
  /** How many bytes the model may have at most; 2 GiB, which is what the format allows, unless given. */
  readonly maxBytes?: number;
}

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
};

const fn = "loadOnnx";

/**
 * Reads an ONNX model as a module that can be run, trained, differentiated and compiled. It begins in evaluation mode; its
 * float initializers are parameters under their names, running statistics are buffers. In training mode
 * `BatchNormalization` uses the statistics of the batch and updates the running ones, as ONNX defines it (with the biased
 * variance), and `Dropout` drops.
 *
 * Whole numbers of every width become int32, 16-bit floats float32. A model of several outputs gives an array:
 * `loadOnnx<Tensor[]>(bytes)`. While a function is traced for `compile`, what follows from constants and shapes alone is
 * computed at once, so that models with a dynamic batch compile.
 *
 * @param bytes the file's content
 * @throws {FormatError} for whatever is not a model, with the place in it, and for operators that are not implemented, all
 * of them at once
 * @throws {ValueError} for bytes that are no Uint8Array
 * @see the format, https://onnx.ai/onnx/repo-docs/IR.html
 * @example
 * // y = x · w + b
 * const text = "CAgSADpnChIKAXgKAXcKAWISAXkiBEdlbW0SAWcqEwgCCAEQAUIBd0oIAAAAQAAAQEAqDQgBEAFCAWJKBAAAIEFaFAoBeBIPCg0IARIJCgMSAW4KAggCYhQKAXkSDwoNCAESCQoDEgFuCgIIAUIECgAQEQ==";
 * const model = loadOnnx(Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0)));
 * model.inputs; // => [{ name: "x", dtype: "float32", shape: ["n", 2] }]
 * model.forward(tensor([[1, 1]])).toArray(); // => [[15]]
 * model.namedParameters().map(([name]) => name); // => ["w", "b"]
 */
export function loadOnnx<Out extends Tensor | Tensor[] = Tensor>(
  bytes: Uint8Array,
  options: LoadOnnxOptions = {},
): OnnxModule<Out> {
  const { externalData, maxBytes } = settleOptions(fn, options, table);
  expectValue(fn, "bytes", bytes, ranges.instanceOf(Uint8Array));
  const model = readModel(fn, bytes, maxBytes);
  expectSupported(model);
  const { graph } = model;
  const run: Run = {
    model,
    wide: false,
    training: false,
    generators: new Map(),
    types: elementTypesOf(graph),
    fixed: new WeakSet<Tensor>(),
  };
  const tensors = initialTensors(
    run,
    new Map(externalData instanceof Map ? externalData : Object.entries(externalData ?? {})),
  );
  // They are not needed any more, nor are the bytes that they look at.
  graph.initializers.length = 0;
  return new OnnxModule(programOf(model, run, new Set(tensors.keys())), tensors);
}

/** @param known names that have a value from the beginning, which need not be given */
function programOf(model: Model, { generators, types }: Run, known: ReadonlySet<string>): Program {
  const { inputs, outputs } = model.graph;
  const all = (kind: string, values: typeof inputs): OnnxValue[] =>
    values.map((value, i) => onnxValue(model.source, `graph.${kind}[${i}]`, value));
  return {
    model,
    inputs: all("input", inputs).filter(({ name }) => !known.has(name)),
    outputs: all("output", outputs),
    generators,
    types,
  };
}
