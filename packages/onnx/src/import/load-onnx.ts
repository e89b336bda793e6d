import type { Tensor } from "@tapegrad/tensor";
import { OnnxModule } from "./onnx-module.ts";
import type { LoadOnnxOptions } from "./program.ts";

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
  return new OnnxModule(bytes, options);
}
