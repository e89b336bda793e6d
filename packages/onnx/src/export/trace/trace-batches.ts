import { trace, type Trace, treeOf } from "@tapegrad/compile/internal";
import { CompileError, type Tensor, TapegradError } from "@tapegrad/tensor";
import { symbolicTensor } from "@tapegrad/tensor/internal";
import { followsBatch } from "./refused.ts";

/** A function as it ran on batches of several sizes. */
export interface Traces {
  /** Samples of each; of one size alone if the batch is fixed. */
  readonly batches: readonly number[];
  readonly traces: readonly Trace[];
  /** For each input, whether its first axis is the batch. */
  readonly isBatched: readonly boolean[];
}

/**
 * Multiples of the batch that is given: three points tell a line from a curve, and large primes are hardly ever
 * extents of something else.
 */
const factors = [7, 11, 13] as const;

/**
 * Runs a function without values, for batches of several sizes if the batch is to stay open.
 *
 * @throws {ValueError} where it runs for the batch that is given, but for no other
 */
export function traceBatches(
  call: (inputs: readonly Tensor[]) => unknown,
  inputs: readonly Tensor[],
  dynamicBatch: boolean,
): Traces {
  const batch = inputs.find(({ ndim }) => ndim > 0)?.shape[0];
  if (!dynamicBatch || batch === undefined || batch === 0) {
    return { batches: [batch ?? 1], traces: [traced(call, inputs)], isBatched: inputs.map(() => false) };
  }
  const isBatched = inputs.map(({ shape }) => shape[0] === batch);
  const batches = factors.map((factor) => factor * batch);
  const resized = (size: number): Tensor[] =>
    inputs.map((input, i) => (isBatched[i] ? symbolicTensor({ shape: input.shape.with(0, size), dtype: input.dtype }) : input)); // prettier-ignore
  try {
    return { batches, traces: batches.map((size) => traced(call, resized(size))), isBatched };
  } catch (error) {
    if (!(error instanceof TapegradError)) throw error;
    // An error of the inputs as they are is told first.
    traced(call, inputs);
    throw followsBatch(`one that refuses ${batches[0]} samples: ${error.message}`);
  }
}

function traced(call: (inputs: readonly Tensor[]) => unknown, inputs: readonly Tensor[]): Trace {
  const distinct = inputs.map(symbolicTensor);
  try {
    return trace({ tensors: distinct, withGrad: new Set(), call: (symbols) => treeOf("results", call(symbols)) });
  } catch (error) {
    if (!(error instanceof CompileError) || !error.message.startsWith("compile: ")) throw error;
    throw new CompileError(error.message.replace("compile: ", "exportOnnx: "));
  }
}
