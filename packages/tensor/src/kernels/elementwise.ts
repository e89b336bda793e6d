import { type ElementType, elementwiseProgram, type ElementwiseProgram, type OperationName, runElementwise } from "@tapegrad/simd";
import type { ElementArray, ProgramWriter, Register, Repetition } from "@tapegrad/simd";
import { allocate, type DType } from "../dtype.ts";
import type { NoAttrs, PrimitiveName } from "../primitives/primitive.ts";
import { sizeOf } from "../shape.ts";
import type { Block, Spec } from "../storage.ts";
import type { Kernel } from "./kernel.ts";
import { repetitionOf } from "./repetition.ts";

/** Elements from which on copying to the kernels and back pays: of arithmetic, and of functions that cost more. */
const [arithmetic, functions] = [1024, 128];

/** Programs of one instruction; operands of one element are scalars. */
class Instruction {
  readonly #name: OperationName;
  readonly #operands: readonly ElementType[];
  readonly #programs: (ElementwiseProgram | undefined)[] = [];

  constructor(name: OperationName, operands: readonly ElementType[]) {
    this.#name = name;
    this.#operands = operands;
  }

  /** @param scalars a bit for each operand that is a scalar */
  program(scalars: number): ElementwiseProgram {
    return (this.#programs[scalars] ??= elementwiseProgram((writer: ProgramWriter) => {
      const operands = this.#operands.map((type, i) =>
        (scalars >> i) % 2 === 1 ? writer.scalar() : writer.input(type),
      );
      return [(writer[this.#name] as (...operands: readonly Register[]) => Register)(...operands)];
    }));
  }
}

/** A kernel for operands of these dtypes. */
function elementwise(
  name: OperationName,
  dtypes: readonly (DType & ElementType)[],
  least: number,
): Kernel<Exclude<PrimitiveName, "cast">> & Kernel<"add"> {
  const instruction = new Instruction(name, dtypes);
  return ((blocks: readonly Block[], _: NoAttrs, outputs: readonly Spec[]) => {
    const { shape, dtype } = outputs[0]!;
    const size = sizeOf(shape);
    if (size < least) return undefined;
    const inputs: ElementArray[] = [];
    const scalars: number[] = [];
    let repetitions: (Repetition | undefined)[] | undefined;
    let isScalar = 0;
    for (let i = 0; i < dtypes.length; i++) {
      const block = blocks[i]!;
      if (block.dtype !== dtypes[i]) return undefined;
      if (block.data.length === 1 && dtypes[i] === "float32") {
        scalars.push(block.data[0]!);
        isScalar += 1 << i;
        continue;
      }
      const repetition = repetitionOf(block.shape, shape);
      if (repetition === "scattered") return undefined;
      if (repetition !== undefined) (repetitions ??= [])[inputs.length] = repetition;
      inputs.push(block.data as ElementArray);
    }
    const out = allocate(dtype, size) as ElementArray;
    runElementwise(instruction.program(isScalar), { inputs, scalars, outputs: [out], ...(repetitions && { repetitions }) });
    return [out];
  }) as never;
}
