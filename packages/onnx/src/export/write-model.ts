import type { Bytes } from "@tapegrad/io";
import type { AnyModule } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { expectPure } from "./expect-pure.ts";
import { encodeModel, type Port } from "./graph/encode-model.ts";
import { GraphWriter } from "./graph/graph-writer.ts";
import { expectApart, portNames, stateNames } from "./names.ts";
import { Alignment } from "./trace/alignment.ts";
import type { Run, Runs } from "./trace/trace-batches.ts";
import { ValueWriter } from "./value-writer.ts";

/** What is written: a function as it ran, and how it is to be called. */
export interface Written extends Runs {
  readonly name: string;
  /** Whose names parameters have first. */
  readonly module: AnyModule | undefined;
  readonly inputs: readonly Tensor[];
  readonly opset: number;
  readonly inputNames: readonly string[] | undefined;
  readonly outputNames: readonly string[] | undefined;
}

/** The bytes of a model that does what was traced. */
export function writeModel(model: Written): Bytes {
  const { batches, runs, isBatched, inputs, opset } = model;
  const [first] = runs as readonly [Run];
  const results = first.traced.graph.results.map((_, i) => runs.map(({ traced }) => traced.graph.results[i]!));
  const inputNames = portNames(model.inputNames, "inputNames", "input", inputs.length);
  const outputNames = portNames(model.outputNames, "outputNames", "output", results.length);
  expectApart(inputNames, outputNames);
  const states = stateNames(first, model.module, [...inputNames, ...outputNames]);
  const taken = [...inputNames, ...outputNames, ...[...states.values()].map(({ name }) => name)];
  const writer = new GraphWriter(opset, taken, inputNames[isBatched.indexOf(true)]);
  const alignment = new Alignment(
    batches,
    runs.map(({ calls }) => calls),
  );
  const values = new ValueWriter(writer, alignment, { inputs: inputNames, states });
  const outputs = results.map((result, i): Port => {
    const value = alignment.value(result);
    writer.output(outputNames[i]!, values.write(value));
    return { ...value, name: outputNames[i]! };
  });
  values.expectSayable();
  expectPure(first.traced, states);
  const batch = { scale: 1, offset: 0 };
  const ports = inputs.map(({ shape, dtype }, i): Port => {
    return { name: inputNames[i]!, dtype, shape: isBatched[i] ? [batch, ...shape.slice(1)] : shape };
  });
  // The format wants a name.
  return encodeModel(writer, model.name || "model", ports, outputs);
}
