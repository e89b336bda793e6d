import { type DType, type Shape } from "@tapegrad/tensor";
import { type PrimitiveName, primitives, type Spec } from "@tapegrad/tensor/internal";

/** A tensor from outside: an argument of the step, or one that it captures. */
export interface InputSpec {
  readonly name: string;
  readonly source: "argument" | "captured";
  readonly shape: Shape;
  readonly dtype: DType;
  /** Range of its elements; whole numbers of it for int32. */
  readonly domain: readonly [number, number];
  /** Multiples of a half only, so that elements are equal now and then. */
  readonly coarse: boolean;
  readonly grad: boolean;
}

/** What the step does, in order. */
export type Step =
  | {
      readonly kind: "apply";
      readonly name: PrimitiveName;
      readonly inputs: readonly string[];
      readonly attrs: object;
      readonly outputs: readonly string[];
    }
  | {
      readonly kind: "constant";
      readonly output: string;
      readonly shape: Shape;
      readonly dtype: DType;
      readonly data: readonly number[];
    }
  | {
      readonly kind: "random";
      readonly how: "rand" | "randn" | "randint";
      readonly output: string;
      readonly shape: Shape;
      readonly dtype: DType;
    }
  | {
      readonly kind: "check";
      readonly input: string;
      readonly within: readonly [number, number];
    }
  | { readonly kind: "detach"; readonly input: string; readonly output: string }
  | { readonly kind: "assign"; readonly target: string; readonly value: string };

/** A step function over tensors: forward, backward and updates, written down. */
export interface Program {
  readonly dtype: "float32" | "float64";
  readonly inputs: readonly InputSpec[];
  readonly steps: readonly Step[];
  /** Returned; the backward pass starts from those that require gradients. */
  readonly results: readonly string[];
  /** Assignments after the backward pass. */
  readonly updates: readonly { readonly target: string; readonly value: string }[];
  /** Whether gradients are cleared first; otherwise they add up from call to call. */
  readonly zeroGrad: boolean;
  /** One backward pass per result instead of one from their weighted sum. */
  readonly separate: boolean;
}

/** Shape and dtype of every value of a program, in the order in which they come to be. */
export function specsOf(program: Program): Map<string, Spec> {
  const specs = new Map<string, Spec>(program.inputs.map(({ name, shape, dtype }) => [name, { shape, dtype }]));
  const specOf = (name: string): Spec => {
    const spec = specs.get(name);
    if (spec === undefined) throw new Error(`no value ${name}`);
    return spec;
  };
  for (const step of program.steps) {
    if (step.kind === "constant" || step.kind === "random") specs.set(step.output, step);
    else if (step.kind === "detach") specs.set(step.output, specOf(step.input));
    else if (step.kind === "apply") {
      const inferred = inferStep(step.name, step.inputs.map(specOf), step.attrs);
      step.outputs.forEach((output, i) => specs.set(output, inferred[i]!));
    }
  }
  return specs;
}

/** What a primitive gives, or an error where its operands do not fit. */
export function inferStep(name: PrimitiveName, inputs: readonly Spec[], attrs: object): readonly Spec[] {
  const infer = primitives[name].infer as (inputs: readonly Spec[], attrs: object) => readonly Spec[];
  return infer(inputs, attrs);
}

/** The program with float64 for float32 or the other way round; undefined where random numbers depend on that. */
export function inOtherPrecision(program: Program): Program | undefined {
  if (program.steps.some((step) => step.kind === "random" && step.how !== "randint")) return undefined;
  const [from, to] =
    program.dtype === "float32" ? (["float32", "float64"] as const) : (["float64", "float32"] as const);
  const converted = (dtype: DType): DType => (dtype === from ? to : dtype);
  return {
    ...program,
    dtype: to,
    inputs: program.inputs.map((input) => ({ ...input, dtype: converted(input.dtype) })),
    steps: program.steps.map((step): Step => {
      if (step.kind === "constant") return { ...step, dtype: converted(step.dtype) };
      if (step.kind !== "apply" || !("dtype" in step.attrs)) return step;
      return { ...step, attrs: { ...step.attrs, dtype: converted(step.attrs.dtype as DType) } };
    }),
  };
}
