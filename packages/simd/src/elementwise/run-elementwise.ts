import { type ElementwiseKernels, elementwiseKernels } from "./elementwise-kernels.ts";
import { kernelMemory } from "./kernel-memory.ts";
import { elementBytes, type ElementType } from "./operations.ts";
import type { ElementwiseProgram, PlacedProgram, Port } from "./program.ts";
import { isWhole, lengthOf, loadRepeated, type Repetition, wholeChunk } from "./repetition.ts";

/** Elements of an input or output: a byte per bool. */
export type ElementArray = Float32Array | Int32Array | Uint8Array;

/** What a program runs over. */
export interface ElementwiseRun {
  /** As many elements as outputs have, unless `repetitions` says otherwise. */
  readonly inputs: readonly ElementArray[];
  /** One number for each scalar, in the order of their definition. */
  readonly scalars?: readonly number[];
  /** Arrays of one length. An output may be an input, but not overlap one elsewhere. */
  readonly outputs: readonly ElementArray[];
  /** How inputs repeat that do not have an element for each of the outputs. */
  readonly repetitions?: readonly (Repetition | undefined)[] | undefined;
}

/**
 * Runs an elementwise program, a chunk after another: the inputs of a chunk are copied in, all instructions run over it, and
 * its outputs are copied out.
 *
 * @throws RangeError if there are more or fewer inputs, scalars or outputs than the program has, or their lengths differ
 * @throws TypeError if an array holds elements of another type
 */
export function runElementwise(given: ElementwiseProgram, run: ElementwiseRun): void {
  const program = given as PlacedProgram;
  checkRun(program, run);
  const { inputs, scalars, outputs, repetitions } = run;
  const size = outputs[0]!.length;
  if (size === 0) return;
  const { float32 } = kernelMemory();
  const kernels = elementwiseKernels();
  const setScalar = (address: number, value: number): void => void float32.fill(value, address / 4, address / 4 + 4);
  program.numbers.forEach(({ address, value }) => setScalar(address, value));
  program.scalars.forEach((address, i) => setScalar(address, scalars![i]!));
  const chunk = repetitions === undefined ? program.chunk : wholeChunk(program.chunk, repetitions);
  for (let at = 0; at < size; at += chunk) {
    const count = Math.min(chunk, size - at);
    for (let i = 0; i < inputs.length; i++) {
      const repetition = repetitions?.[i];
      if (repetition === undefined) load(program.inputs[i]!, inputs[i]!, at, count);
      else if (at === 0 || !isWhole(repetition, chunk)) {
        loadRepeated(kernels, program.inputs[i]!, program.waiting, inputs[i]!, repetition, at, count);
      }
    }
    compute(kernels, program, count);
    for (let i = 0; i < outputs.length; i++) store(program.outputs[i]!, outputs[i]!, at, count);
  }
}

/** Runs the instructions over `count` elements. */
function compute(kernels: ElementwiseKernels, { steps }: PlacedProgram, count: number): void {
  const whole = (count + 3) & ~3;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    const { a, b, c, out } = step;
    const kernel = (step.kernel ??= kernels[step.name]);
    kernel(a.address, a.step, b.address, b.step, c.address, c.step, out, out + whole * step.outBytes);
  }
}

function load({ type, address }: Port, data: ElementArray, at: number, count: number): void {
  const part = count === data.length ? data : data.subarray(at, at + count);
  kernelMemory()[type].set(part, address / elementBytes[type]);
}

function store({ type, address }: Port, data: ElementArray, at: number, count: number): void {
  const from = address / elementBytes[type];
  data.set(kernelMemory()[type].subarray(from, from + count), at);
}

function checkRun(program: PlacedProgram, { inputs, scalars = [], outputs, repetitions }: ElementwiseRun): void {
  checkCount("inputs", program.inputs, inputs);
  checkCount("scalars", program.scalars, scalars);
  checkCount("outputs", program.outputs, outputs);
  const size = outputs[0]!.length;
  outputs.forEach((output, i) => checkArray("output", output, program.outputs[i]!.type, size));
  inputs.forEach((input, i) => {
    const repetition = repetitions?.[i];
    checkArray("input", input, program.inputs[i]!.type, repetition === undefined ? size : lengthOf(repetition, size));
  });
}

function checkCount(what: string, expected: readonly unknown[], given: readonly unknown[]): void {
  if (expected.length === given.length) return;
  throw new RangeError(`runElementwise: expected ${expected.length} ${what}, got ${given.length}.`);
}

function checkArray(what: string, array: ElementArray, type: ElementType, length: number): void {
  const name = arrayNames[type];
  if (array[Symbol.toStringTag] !== name) {
    throw new TypeError(`runElementwise: expected a ${name} as ${what}, got a ${array[Symbol.toStringTag]}.`);
  }
  if (array.length !== length) {
    throw new RangeError(`runElementwise: expected ${length} elements of an ${what}, got ${array.length}.`);
  }
}

const arrayNames: Readonly<Record<ElementType, string>> = {
  float32: "Float32Array",
  int32: "Int32Array",
  bool: "Uint8Array",
};
