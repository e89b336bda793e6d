import type { Bytes } from "@tapegrad/io";
import { type AnyModule, Module } from "@tapegrad/nn";
import { type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectNoTrace,
  expectTensors,
  formatValue,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { traceBatches } from "./trace/trace-batches.ts";
import { writeModel } from "./write-model.ts";

/** Options of {@link exportOnnx}. */
export interface ExportOptions {
  /** Version of the operators, 17 to 23; 17 unless given. */
  readonly opset?: number;
  /** Whether the first axis of the inputs stays open, under the name `batch`; true unless given. */
  readonly dynamicBatch?: boolean;
  /** Names of the inputs; `input`, or `input_0`, `input_1`, ... unless given. */
  readonly inputNames?: readonly string[] | undefined;
  /** Names of the outputs; `output`, or `output_0`, `output_1`, ... unless given. */
  readonly outputNames?: readonly string[] | undefined;
}

const opset = ranges.numbers("to be a whole number in [17, 23]", (n) => Number.isInteger(n) && n >= 17 && n <= 23);
const names = optional(ranges.listOf(ranges.text));
const table: OptionTable<ExportOptions> = {
  opset: option(opset, 17),
  dynamicBatch: option(ranges.flag, true),
  inputNames: names,
  outputNames: names,
};

/** What can be exported: a module, or a function of tensors that gives tensors. */
export type Exportable = AnyModule | ((...inputs: never) => unknown);

/**
 * Writes a module or a function as an ONNX model: it is run without values, and each primitive that it applies becomes
 * what ONNX has for it. What ONNX has too becomes one operator, most of it with or without a layer around: `Gemm`, `Conv`, `MaxPool`,
 * `BatchNormalization`, `LayerNormalization`, `Softmax`, `LSTM` and so on; `GroupNormalization` from version 21 and
 * `RMSNormalization` from version 23 on.
 *
 * A module is exported in evaluation mode; afterwards each module in it has its own mode again. What a function calls
 * runs as it is. Parameters and buffers keep the keys of `stateDict()` as names, those of modules that a function calls
 * as well; what else it captures is a constant by the name of `captured`.
 *
 * With `dynamicBatch`, the first axis of the first input that has any stands for a batch of any size, as does that of
 * every other input with the same extent there. The model is run for three other sizes to see what follows the batch.
 * Checks of elements, such as those of indices, are left to whoever runs the model.
 *
 * @param model its results are a tensor, or arrays and plain objects of tensors, which become outputs in their order
 * @param inputs tensors as the model takes them; of their elements nothing is read
 * @returns the bytes of a file
 * @throws {ValueError} for primitives that ONNX has no words for, such as random numbers, all of them at once; for a
 * function that assigns to a tensor, as BatchNorm does in training; for what runs for the batch that is given alone, or
 * whose numbers follow it in a way that cannot be written; for a model of more than 2 GiB
 * @throws {CompileError} for a function that reads the value of a tensor, or gives anything but tensors
 * @see the format, https://onnx.ai/onnx/repo-docs/IR.html
 * @example
 * const net = new nn.Sequential(new nn.Dense(2, 3, { init: "ones", activation: "relu" }), new nn.LayerNorm(3));
 * const bytes = exportOnnx(net, [zeros([1, 2])], { inputNames: ["x"] });
 * const again = loadOnnx(bytes);
 * again.inputs; // => [{ name: "x", dtype: "float32", shape: ["batch", 2] }]
 * Object.keys(again.stateDict()).toSorted(); // => ["0.bias", "0.weight", "1.bias", "1.weight"]
 */
export function exportOnnx(
  model: Exportable,
  inputs: readonly Tensor[],
  options: ExportOptions = {},
  ...none: []
): Bytes {
  expectNothing("exportOnnx", none);
  const settled = settleOptions("exportOnnx", options, table);
  const call = callOf(model);
  expectTensors("exportOnnx", "inputs", inputs);
  expectNoTrace("exportOnnx", "Export outside of the compiled function.");
  const module = model instanceof Module ? model : undefined;
  const { dynamicBatch } = settled;
  const modules = module?.modules();
  const runs = inEvaluation(modules ?? [], () => traceBatches(call, inputs, { dynamicBatch, modules }));
  const name = module?.constructor.name ?? (model as { readonly name: string }).name;
  return writeModel({ ...runs, ...settled, module, name, inputs });
}

function callOf(model: Exportable): (inputs: readonly Tensor[]) => unknown {
  if (model instanceof Module) return (inputs) => (model as Module<readonly Tensor[], unknown>).forward(...inputs);
  if (typeof model !== "function") {
    throw new ValueError(`exportOnnx: expected model to be a module or a function, got ${formatValue(model)}.`);
  }
  return (inputs) => (model as (...tensors: readonly Tensor[]) => unknown)(...inputs);
}

/** Runs with modules in evaluation mode; afterwards each has the mode that it had. */
function inEvaluation<T>(modules: readonly AnyModule[], run: () => T): T {
  const modes = modules.map((each) => [each, each.training] as const);
  try {
    modules[0]?.eval();
    return run();
  } finally {
    // Parents first: what they set, those inside set again.
    for (const [each, mode] of modes) each.train(mode);
  }
}
