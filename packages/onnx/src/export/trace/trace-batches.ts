import { trace, type Trace, treeOf } from "@tapegrad/compile/internal";
import { type AnyModule, Module } from "@tapegrad/nn";
import { CompileError, type Tensor, TapegradError } from "@tapegrad/tensor";
import { symbolicTensor } from "@tapegrad/tensor/internal";
import type { Call } from "./calls.ts";
import { withLayersNoted } from "./layers.ts";
import { NotingRecorder } from "./noting-recorder.ts";
import { followsBatch } from "./refused.ts";

/** What one run of a function gave. */
export interface Run {
  readonly traced: Trace;
  /** What may be one operator, inner ones first. */
  readonly calls: readonly Call[];
}

/** A function as it ran on batches of several sizes. */
export interface Runs {
  /** Samples of each; of one size alone if the batch is fixed. */
  readonly batches: readonly number[];
  readonly runs: readonly Run[];
  /** For each input, whether its first axis is the batch. */
  readonly isBatched: readonly boolean[];
}

type Function = (inputs: readonly Tensor[]) => unknown;

/**
 * Multiples of the batch that is given: three points tell a line from a curve, and large primes are hardly ever
 * extents of something else.
 */
const factors = [7, 11, 13] as const;

/**
 * Runs a function without values, for batches of several sizes if the batch is to stay open.
 *
 * @param modules those that it runs, if they are known
 * @throws {ValueError} where it runs for the batch that is given, but for no other
 */
export function traceBatches(
  fn: Function,
  inputs: readonly Tensor[],
  { dynamicBatch, modules }: { readonly dynamicBatch: boolean; readonly modules: readonly AnyModule[] | undefined },
): Runs {
  const batch = inputs.find(({ ndim }) => ndim > 0)?.shape[0];
  const isOpen = dynamicBatch && batch !== undefined && batch > 0;
  const isBatched = inputs.map(({ shape }) => isOpen && shape[0] === batch);
  const batches = isOpen ? factors.map((factor) => factor * batch) : [batch ?? 1];
  const resized = batches.map((size) =>
    inputs.map(({ shape, dtype }, i) => symbolicTensor({ shape: isBatched[i] ? shape.with(0, size) : shape, dtype })),
  );
  try {
    const noted = modules ?? modulesOf(run(fn, resized[0]!, []));
    const runs = withLayersNoted(noted, () => resized.map((tensors) => run(fn, tensors, noted)));
    return { batches, runs, isBatched };
  } catch (error) {
    if (!isOpen || !(error instanceof TapegradError)) throw error;
    // An error of the inputs as they are is told first.
    run(fn, inputs.map(symbolicTensor), []);
    throw followsBatch(`one that refuses ${batches[0]} samples: ${error.message}`);
  }
}

function run(fn: Function, tensors: readonly Tensor[], modules: readonly AnyModule[]): Run {
  const known = modules.flatMap((module) => [...module.parameters(), ...module.buffers()]);
  let recorder = new NotingRecorder();
  const input = { tensors, withGrad: new Set<Tensor>(), call: (symbols: readonly Tensor[]) => treeOf("results", fn(symbols)) }; // prettier-ignore
  try {
    const traced = trace(input, () => (recorder = new NotingRecorder(known)));
    return { traced, calls: recorder.calls };
  } catch (error) {
    if (!(error instanceof CompileError) || !error.message.startsWith("compile: ")) throw error;
    throw new CompileError(error.message.replace("compile: ", "exportOnnx: "));
  }
}

/** The modules that ran, outer ones first. */
export function modulesOf({ traced }: Run): readonly AnyModule[] {
  return traced.fieldGuards.flatMap(({ object }) => (object instanceof Module ? [object] : []));
}
