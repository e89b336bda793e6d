import { type ElementArray, type ElementwiseProgram, runElementwise } from "@tapegrad/simd";
import { allocateEmpty } from "../array-pool.ts";
import { withGradMode } from "../tensor/grad-node.ts";
import { fromData, type Tensor } from "../tensor/tensor.ts";
import { withTracer } from "../tensor/tracer.ts";
import { planOf } from "./plan.ts";
import { Recorder } from "./recorder.ts";

/** A function of tensors of one shape that gives a float32 tensor of it, computed in one pass over their elements. */
export class ElementwiseFunction {
  /** How many operations it is made of. */
  readonly operations: number;
  readonly #program: ElementwiseProgram;
  /** Which argument is which input. */
  readonly #inputs: readonly number[];
  readonly #scalars: readonly number[];

  constructor(program: ElementwiseProgram, inputs: readonly number[], scalars: readonly number[]) {
    this.operations = program.operations;
    this.#program = program;
    this.#inputs = inputs;
    this.#scalars = scalars;
  }

  /** Computes it. @param args of one shape, at least one of them */
  run(args: readonly Tensor[]): Tensor {
    const { shape, size } = args[0]!;
    const out = allocateEmpty("float32", size) as Float32Array;
    const inputs = this.#inputs.map((index) => args[index]!["elements"] as ElementArray);
    runElementwise(this.#program, { inputs, scalars: this.#scalars, outputs: [out] });
    return fromData(out, shape, "float32");
  }
}

/**
 * Records what a function does to tensors of one shape.
 *
 * @param define calls `argument` for each argument, and gives a float32 tensor
 * @returns undefined unless it consists of elementwise operations and constants
 */
export function elementwiseFunction(
  define: (argument: (dtype: "float32" | "bool") => Tensor) => Tensor,
): ElementwiseFunction | undefined {
  const recorder = new Recorder();
  let count = 0;
  // Any shape will do, but no broadcasting of one element.
  const argument = (dtype: "float32" | "bool"): Tensor => recorder.argument({ shape: [2], dtype }, count++);
  const result = withTracer(recorder, () => withGradMode(false, () => recorder.idOf(define(argument))));
  const { recording } = recorder;
  if (recording === undefined) return undefined;
  const [step, ...others] = planOf(recording, new Map(), [result]);
  if (step?.kind !== "program" || others.length > 0 || step.outputs.length !== 1) return undefined;
  const sources = [step.inputs, step.scalars].map((ids) => ids.map((id) => recording.values[id]!.source));
  const inputs = sources[0]!.map((source) => (source?.kind === "argument" ? source.index : -1));
  const scalars = sources[1]!.map((source) => (source?.kind === "tensor" ? source.tensor["elements"][0]! : NaN));
  return inputs.includes(-1) ? undefined : new ElementwiseFunction(step.program, inputs, scalars);
}
