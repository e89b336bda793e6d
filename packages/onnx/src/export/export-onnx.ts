import { type AnyModule, Module } from "@tapegrad/nn";
import { type Tensor, ValueError } from "@tapegrad/tensor";
import { expectNothing, expectTensors, formatValue, option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal"; // prettier-ignore
import { expectPure } from "./expect-pure.ts";
import { encodeModel, type Port } from "./graph/encode-model.ts";
import { GraphWriter } from "./graph/graph-writer.ts";
import { expectApart, portNames, stateNames } from "./names.ts";
import { Alignment } from "./trace/alignment.ts";
import { traceBatches } from "./trace/trace-batches.ts";
import { ValueWriter } from "./write-graph.ts";

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

const opsets = ranges.numbers("to be a whole number in [17, 23]", (n) => Number.isInteger(n) && n >= 17 && n <= 23);
const names = optional(ranges.listOf(ranges.text));
const table: OptionTable<ExportOptions> = {
  opset: option(opsets, 17),
  dynamicBatch: option(ranges.flag, true),
  inputNames: names,
  outputNames: names,
};

/** A module, or a function of tensors that gives tensors. */
export type Exportable = AnyModule | ((...inputs: never) => unknown);

export function exportOnnx(
  model: Exportable,
  inputs: readonly Tensor[],
  options: ExportOptions = {},
  ...none: []
): Uint8Array<ArrayBuffer> {
  expectNothing("exportOnnx", none);
  const { opset, dynamicBatch, inputNames, outputNames } = settleOptions("exportOnnx", options, table);
  expectTensors("exportOnnx", "inputs", inputs);
  const module = model instanceof Module ? model : undefined;
  const call = callOf(model);
  const { batches, traces, isBatched } = inEvaluation(module, () => traceBatches(call, inputs, dynamicBatch));
  const [first] = traces as readonly [(typeof traces)[number]];
  const given = portNames(inputNames, "inputNames", "input", inputs.length);
  const wanted = portNames(outputNames, "outputNames", "output", first.graph.results.length);
  expectApart(given, wanted);
  const states = stateNames(first, module, [...given, ...wanted]);
  const batchInput = given[isBatched.indexOf(true)];
  const alignment = new Alignment(batches, traces);
  const writer = new GraphWriter(
    opset,
    [...given, ...wanted, ...[...states.values()].map(({ name }) => name)],
    batchInput,
  );
  const values = new ValueWriter(writer, alignment, { inputs: given, states });
  const results = first.graph.results.map((_, i) => alignment.value(traces.map(({ graph }) => graph.results[i]!)));
  const written = results.map((result) => values.write(result));
  values.expectSayable();
  expectPure(first, states);
  written.forEach((name, i) => writer.output(wanted[i]!, name));
  const batch = { scale: 1, offset: 0 };
  const ins = inputs.map(({ shape, dtype }, i): Port => {
    return { name: given[i]!, dtype, shape: isBatched[i] ? [batch, ...shape.slice(1)] : shape };
  });
  const outs = results.map((result, i): Port => ({ ...result, name: wanted[i]! }));
  return encodeModel(writer, module?.constructor.name ?? (model as { readonly name: string }).name, ins, outs);
}

function callOf(model: Exportable): (inputs: readonly Tensor[]) => unknown {
  if (model instanceof Module) return (inputs) => (model as Module<readonly Tensor[], unknown>).forward(...inputs);
  if (typeof model !== "function") {
    throw new ValueError(`exportOnnx: expected model to be a module or a function, got ${formatValue(model)}.`);
  }
  return (inputs) => (model as (...tensors: readonly Tensor[]) => unknown)(...inputs);
}

/** Runs with a module in evaluation mode; afterwards each module in it has the mode that it had. */
function inEvaluation<T>(module: AnyModule | undefined, run: () => T): T {
  const modes = (module?.modules() ?? []).map((each) => [each, each.training] as const);
  try {
    module?.eval();
    return run();
  } finally {
    // Parents first: what they set, those inside set again.
    for (const [each, mode] of modes) each.train(mode);
  }
}
