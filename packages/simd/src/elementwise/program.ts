import type { ElementwiseKernel } from "./elementwise-kernels.ts";
import { memoryBytes } from "./kernel-memory.ts";
import { elementBytes, type ElementType, type OperationName } from "./operations.ts";
import { placeRegisters } from "./place-registers.ts";
import { type ProgramWriter, recordProgram, type Register } from "./program-writer.ts";

/** Where an operand stands, and how many bytes it moves on for four elements: 0 for a scalar. */
export interface Place {
  readonly address: number;
  readonly step: number;
}

/** An instruction with its places. */
export interface Step {
  readonly name: OperationName;
  /** Its kernel, once it has run. */
  kernel: ElementwiseKernel | undefined;
  readonly a: Place;
  readonly b: Place;
  readonly c: Place;
  readonly out: number;
  /** Bytes of an element of the result. */
  readonly outBytes: 1 | 4;
}

/** What is copied in or out: elements of a chunk. */
export interface Port {
  readonly type: ElementType;
  readonly address: number;
}

/** An elementwise program, ready to run. */
export interface ElementwiseProgram {
  /** How many operations it is made of. */
  readonly operations: number;
}

/** The same as what runs it knows it. */
export interface PlacedProgram extends ElementwiseProgram {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Addresses of the scalars that a run gives. */
  readonly scalars: readonly number[];
  readonly numbers: readonly { readonly address: number; readonly value: number }[];
  readonly steps: readonly Step[];
  /** The most elements that are computed at a time. */
  readonly chunk: number;
  /** Where elements wait to be repeated: room for a chunk. */
  readonly waiting: number;
}

/**
 * Bytes for the registers of a chunk, which are to stay in the second-level cache: in the first, where they are read twice as fast,
 * so few fit that calls and copies cost more than that.
 */
const cacheBytes = 2 ** 17;
/** Bounds of a chunk: fewer elements cost more calls than they save. */
const [leastChunk, mostChunk] = [256, 2 ** 14];
/** Bytes of a scalar, which stands there four times. */
const scalarBytes = 16;
const scalarRoom = 4096;
/** After a register: kernels write whole vectors, and neighbours are not to share their low address bits. */
const slack = 64;
const nowhere: Place = { address: 0, step: 0 };

/**
 * Defines an elementwise program: `write` calls operations on inputs, scalars and numbers, and gives the outputs.
 *
 * @throws RangeError for a program of more registers than there is room for
 * @throws TypeError for operands of other types than an operation takes
 * @example
 * const axpy = elementwiseProgram(({ input, scalar, add, mul }) => {
 *   const [x, y, a] = [input(), input(), scalar()];
 *   return [add(mul(a, x), y)];
 * });
 * const y = Float32Array.of(1, 2, 3);
 * runElementwise(axpy, { inputs: [Float32Array.of(1, 1, 1), y], scalars: [2], outputs: [y] });
 * y; // => Float32Array [3, 4, 5]
 */
export function elementwiseProgram(write: (writer: ProgramWriter) => readonly Register[]): ElementwiseProgram {
  const recorded = recordProgram(write);
  const { slots, slotOf } = placeRegisters(recorded);
  const fitting = Math.floor(cacheBytes / 4 / Math.max(slots, 1) / 16) * 16;
  const chunk = Math.min(Math.max(fitting, leastChunk), mostChunk);
  const slotBytes = chunk * 4 + slack;
  const uniform = [...recorded.scalars, ...recorded.numbers.map(({ register }) => register)];
  const scalarOf = new Map(uniform.map((register, i) => [register, i * scalarBytes]));
  if (uniform.length * scalarBytes > scalarRoom || scalarRoom + (slots + 1) * slotBytes > memoryBytes) {
    throw new RangeError(
      `elementwiseProgram: expected fewer registers, got ${slots} at a time and ${uniform.length} scalars.`,
    );
  }
  const addressOf = (register: number): number =>
    scalarOf.get(register) ?? scalarRoom + slotOf.get(register)! * slotBytes;
  const place = (register: number | undefined): Place => {
    if (register === undefined) return nowhere;
    const step = scalarOf.has(register) ? 0 : 4 * elementBytes[recorded.types[register]!];
    return { address: addressOf(register), step };
  };
  const port = (register: number): Port => ({ type: recorded.types[register]!, address: addressOf(register) });
  const placed: PlacedProgram = {
    operations: recorded.instructions.length,
    inputs: recorded.inputs.map(port),
    outputs: recorded.outputs.map(port),
    scalars: recorded.scalars.map(addressOf),
    numbers: recorded.numbers.map(({ register, value }) => ({ address: addressOf(register), value })),
    steps: recorded.instructions.map(({ name, operands, result }) => ({
      name,
      kernel: undefined,
      a: place(operands[0]),
      b: place(operands[1]),
      c: place(operands[2]),
      out: addressOf(result),
      outBytes: elementBytes[recorded.types[result]!],
    })),
    chunk,
    waiting: scalarRoom + slots * slotBytes,
  };
  return placed;
}
