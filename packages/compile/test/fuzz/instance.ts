import {
  assign,
  type DType,
  Generator,
  rand,
  randint,
  randn,
  type Tensor,
  tensor,
  type TypedArray,
  ValueError,
} from "@tapegrad/tensor";
import { apply, expectElements } from "@tapegrad/tensor/internal";
import { type InputSpec, type Program, specsOf, type Step } from "./program.ts";

/** A program with tensors of its own: what it returns, and what it changes. */
export interface Instance {
  /** The step function; takes one tensor per argument and one cotangent per result. */
  readonly step: (args: readonly Tensor[], cotangents: readonly Tensor[]) => Tensor[];
  readonly captured: ReadonlyMap<string, Tensor>;
}

/** Makes a program callable. */
export function instantiate(program: Program, seed: number): Instance {
  const { inputs, results, updates, zeroGrad } = program;
  const captured = new Map<string, Tensor>();
  inputs.forEach((input, i) => {
    if (input.source === "captured") captured.set(input.name, tensorOf(input, seed + 31 * i));
  });
  const generator = new Generator(seed);
  const names = inputs.filter(({ source }) => source === "argument").map(({ name }) => name);
  const step = (args: readonly Tensor[], cotangents: readonly Tensor[]): Tensor[] => {
    const values = new Map(captured);
    names.forEach((name, i) => values.set(name, args[i]!));
    if (zeroGrad) for (const { name, grad } of inputs) if (grad) valueOf(values, name).grad = undefined;
    for (const one of program.steps) runStep(one, values, generator);
    const outputs = results.map((name) => valueOf(values, name));
    backward(program, outputs, cotangents);
    for (const { target, value } of updates) assign(valueOf(values, target), valueOf(values, value).detach());
    return outputs;
  };
  return { step, captured };
}

/** Everything that a call of the step takes. */
export function argumentsOf(program: Program, seed: number): { args: Tensor[]; cotangents: Tensor[] } {
  const args = program.inputs.flatMap((input, i) =>
    input.source === "argument" ? [tensorOf(input, seed + 31 * i)] : [],
  );
  const specs = specsOf(program);
  const cotangents = program.results.map((name, i) => {
    const { shape, dtype } = specs.get(name)!;
    return tensorOf({ shape, dtype, domain: [-2, 2], coarse: false, grad: false }, seed + 17 + 41 * i);
  });
  return { args, cotangents };
}

function backward({ separate, dtype }: Program, outputs: readonly Tensor[], cotangents: readonly Tensor[]): void {
  const pairs = outputs.flatMap((output, i) =>
    output.requiresGrad && output.node !== undefined ? [[output, cotangents[i]!] as const] : [],
  );
  if (separate) {
    for (const [output, cotangent] of pairs) output.backward(cotangent, { retainGraph: true });
    return;
  }
  const parts = pairs.map(([output, cotangent]) => output.mul(cotangent).sum().to(dtype));
  if (parts.length > 0) parts.reduce((sum, part) => sum.add(part)).backward();
}

function valueOf(values: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const value = values.get(name);
  if (value === undefined) throw new Error(`no value ${name}`);
  return value;
}

function runStep(step: Step, values: Map<string, Tensor>, generator: Generator): void {
  switch (step.kind) {
    case "apply": {
      const inputs = step.inputs.map((name) => valueOf(values, name));
      const outputs = applied(step, inputs);
      step.outputs.forEach((name, i) => values.set(name, outputs[i]!));
      return;
    }
    case "constant":
      values.set(step.output, tensor(Float64Array.from(step.data), { shape: step.shape, dtype: step.dtype }));
      return;
    case "random": {
      const { shape, dtype } = step;
      const drawn =
        step.how === "randint"
          ? randint(0, 7, shape, { generator })
          : (step.how === "rand" ? rand : randn)(shape, { generator, dtype });
      values.set(step.output, drawn);
      return;
    }
    case "check":
      expectElements(valueOf(values, step.input), {
        within: [step.within],
        orNaN: true,
        error: (element) => new ValueError(`${step.input}: got ${element}.`),
      });
      return;
    case "detach":
      values.set(step.output, valueOf(values, step.input).detach());
      return;
    case "assign":
      assign(valueOf(values, step.target), valueOf(values, step.value).detach());
  }
}

function applied({ name, attrs }: Extract<Step, { kind: "apply" }>, inputs: readonly Tensor[]): readonly Tensor[] {
  const [x, index, source] = inputs as [Tensor, Tensor, Tensor];
  // Indices may be out of range, which only the methods look for.
  if (name === "gather") return [x.gather((attrs as { readonly axis: number }).axis, index)];
  if (name === "scatterAdd") return [x.scatterAdd((attrs as { readonly axis: number }).axis, index, source)];
  return apply(name as "add", inputs, attrs);
}

/** Elements for an input: the same ones for the same seed. */
export function dataOf(
  { shape, dtype, domain: [low, high], coarse }: Omit<InputSpec, "name" | "source" | "grad">,
  seed: number,
): Float64Array {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const size = shape.reduce((product, extent) => product * extent, 1);
  return Float64Array.from({ length: size }, () => {
    if (dtype === "bool") return Number(next() < 0.5);
    if (dtype === "int32") return low + Math.floor(next() * (high - low + 1));
    const x = low + (high - low) * next();
    return coarse ? Math.min(high, Math.max(low, Math.round(2 * x) / 2)) : x;
  });
}

function tensorOf(input: Omit<InputSpec, "name" | "source">, seed: number): Tensor {
  const made = tensor(dataOf(input, seed), { shape: input.shape, dtype: input.dtype });
  return input.grad ? made.requiresGrad_() : made;
}

/** A copy of the elements of a tensor, with what tells how to compare them. */
export interface Snapshot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: TypedArray;
}

/** What a tensor holds now. */
export function snapshot(name: string, { shape, dtype, data }: Tensor): Snapshot {
  return { name, shape: [...shape], dtype, data: data.slice() };
}
