import type { AnyModule } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { expectPure } from "./expect-pure.ts";
import { encodeModel, type Port } from "./graph/encode-model.ts";
import { GraphWriter } from "./graph/graph-writer.ts";
import { expectApart, portNames, stateNames } from "./names.ts";
import { Alignment } from "./trace/alignment.ts";
import type { Traces } from "./trace/trace-batches.ts";
import { ValueWriter } from "./value-writer.ts";

/** What is written: a function as it ran, and how it is to be called. */
export interface Written extends Traces {
  readonly name: string;
  /** Whose names parameters have first. */
  readonly module: AnyModule | undefined;
  readonly inputs: readonly Tensor[];
  readonly opset: number;
  readonly inputNames: readonly string[] | undefined;
  readonly outputNames: readonly string[] | undefined;
}

/** The bytes of a model that does what was traced. */
export function writeModel(model: Written): Uint8Array<ArrayBuffer> {
  const { batches, traces, isBatched, inputs, opset } = model;
  const traced = traces[0]!;
  const results = traced.graph.results.map((_, i) => traces.map(({ graph }) => graph.results[i]!));
  const inputNames = portNames(model.inputNames, "inputNames", "input", inputs.length);
  const outputNames = portNames(model.outputNames, "outputNames", "output", results.length);
  expectApart(inputNames, outputNames);
  const states = stateNames(traced, model.module, [...inputNames, ...outputNames]);
  const taken = [...inputNames, ...outputNames, ...[...states.values()].map(({ name }) => name)];
  const writer = new GraphWriter(opset, taken, inputNames[isBatched.indexOf(true)]);
  const alignment = new Alignment(batches, traces);
  const values = new ValueWriter(writer, alignment, { inputs: inputNames, states });
  const outputs = results.map((result, i): Port => {
    const value = alignment.value(result);
    writer.output(outputNames[i]!, values.write(value));
    return { ...value, name: outputNames[i]! };
  });
  values.expectSayable();
  expectPure(traced, states);
  const batch = { scale: 1, offset: 0 };
  const ports = inputs.map(({ shape, dtype }, i): Port => {
    return { name: inputNames[i]!, dtype, shape: isBatched[i] ? [batch, ...shape.slice(1)] : shape };
  });
  // The format wants a name.
  return encodeModel(writer, model.name || "model", ports, outputs);
}
