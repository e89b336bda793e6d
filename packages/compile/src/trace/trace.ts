import { CompileError, type Tensor } from "@tapegrad/tensor";
import type { Graph } from "../graph/graph.ts";
import type { Dependencies } from "./dependencies.ts";
import { Recorder } from "./recorder.ts";

/** What one run of a function without values gave. */
export interface Trace extends Dependencies {
  /** The primitives that it applied, one operation each; a reshape stands where its result is used. */
  readonly graph: Graph;
}

/** What to trace. */
export interface TraceInput {
  /** The tensors among the arguments, each once. */
  readonly tensors: readonly Tensor[];
  /** Those among them that have a gradient: their gradients follow as further arguments. */
  readonly withGrad: ReadonlySet<Tensor>;
  /** Calls the function with others in their place; gives the tensors in its result. */
  readonly call: (tensors: readonly Tensor[]) => { readonly tensors: readonly Tensor[] };
}

/**
 * Runs a function with tensors that have no values and records what it does. Afterwards everything outside is as it
 * was before, but for gradients, which the plan sets when it runs, and for what the function keeps in fields.
 *
 * Some functions create state on their first call, as `this.total ??= zeros([3])` does, and assign to it. In that run
 * `total` is a tensor of the function's own, whose zeros would be a constant of the plan, begun anew in every call. In
 * the next run it is there before, like any captured tensor that each call finds as the last one left it.
 *
 * @param recorderOf what notes more of a run than the trace needs
 * @throws {CompileError} when every run leaves other values in the fields of modules
 */
export function trace(input: TraceInput, recorderOf: () => Recorder = () => new Recorder()): Trace {
  const runs: Recorder[] = [];
  try {
    for (;;) {
      const recorder = recorderOf();
      runs.push(recorder);
      const traced = recorder.run(input);
      const { changed } = recorder.fields;
      if (changed.length === 0 && (!recorder.createdState || runs.length > 1)) return traced;
      if (runs.length === mostRuns) throw unsettled(changed);
    }
  } catch (error) {
    for (const { fields } of runs.toReversed()) fields.restore();
    throw error;
  }
}

/** Runs until a function leaves everything as it finds it: one that creates state, one that finds it, one to spare. */
const mostRuns = 3;

function unsettled(changed: readonly string[]): CompileError {
  return new CompileError(
    `compile: expected fields of modules to hold the same after every call, got another value in each for ${changed.join(", ")}. ` +
      "Keep it in a Buffer and assign to it, or change it outside of the compiled function.",
  );
}
