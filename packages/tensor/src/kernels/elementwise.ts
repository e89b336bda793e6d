import {
  type ElementArray,
  type ElementType,
  elementwiseOperations,
  elementwiseProgram,
  type ElementwiseProgram,
  type OperationName,
  type ProgramWriter,
  type Register,
  type Repetition,
  runElementwise,
} from "@tapegrad/simd";
import { allocateEmpty } from "../array-pool.ts";
import type { DType } from "../dtype.ts";
import type { NoAttrs, ShapeAttrs } from "../primitives/primitive.ts";
import { sizeOf } from "../shape.ts";
import type { Kernel, Kernels } from "./kernel.ts";
import { repetitionOf } from "./repetition.ts";

/** Elements from which on copying to the kernels and back pays: of arithmetic, and of functions that cost more. */
const [arithmetic, functions] = [256, 64];

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

/** Operations of which each element takes long. */
const costly: readonly OperationName[] = [
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "erf",
  "erfc",
  "pow",
];

/** The kernel of an operation, for operands of its types. */
function elementwise(name: OperationName): Kernel<NoAttrs> {
  const dtypes = elementwiseOperations[name].operands;
  const least = costly.includes(name) ? functions : arithmetic;
  const instruction = new Instruction(name, dtypes);
  return (blocks, _, outputs) => {
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
      if (block.data.length === 1 && block.dtype === "float32") {
        scalars.push(block.data[0]!);
        isScalar += 1 << i;
        continue;
      }
      const repetition = repetitionOf(block.shape, shape);
      if (repetition === "scattered") return undefined;
      if (repetition !== undefined) (repetitions ??= [])[inputs.length] = repetition;
      inputs.push(block.data as ElementArray);
    }
    const out = allocateEmpty(dtype, size) as ElementArray;
    runElementwise(instruction.program(isScalar), { inputs, scalars, outputs: [out], repetitions });
    return [out];
  };
}

const conversions: { readonly [From in DType]?: { readonly [To in DType]?: Kernel<NoAttrs> } } = {
  float32: {
    bool: elementwise("floatToBool"),
    int32: elementwise("floatToInt"),
  },
  int32: { float32: elementwise("intToFloat") },
  bool: { float32: elementwise("boolToFloat") },
};

const cast: Kernel<{ readonly dtype: DType }> = (inputs, { dtype }, outputs) =>
  conversions[inputs[0]!.dtype]?.[dtype]?.(inputs, {}, outputs);

const floatWhere = elementwise("where");
const intWhere = elementwise("whereInt");
const where: Kernel<NoAttrs> = (inputs, attrs, outputs) =>
  (outputs[0]!.dtype === "int32" ? intWhere : floatWhere)(inputs, attrs, outputs);

const copies: { [D in DType]?: ElementwiseProgram } = {};
/** Copies, element by element, what repeats; of all dtypes that programs know. */
const broadcastTo: Kernel<ShapeAttrs> = (inputs, { shape }) => {
  const { data, shape: from, dtype } = inputs[0]!;
  const size = sizeOf(shape);
  const repetition = repetitionOf(from, shape);
  if (size < arithmetic || dtype === "float64") return undefined;
  if (repetition === undefined || repetition === "scattered") return undefined;
  const program = (copies[dtype] ??= elementwiseProgram(({ input }) => [input(dtype)]));
  const out = allocateEmpty(dtype, size) as ElementArray;
  runElementwise(program, { inputs: [data as ElementArray], outputs: [out], repetitions: [repetition] });
  return [out];
};

/** Operations that are no primitive of their name, or not the only one. */
const others: readonly string[] = ["where", "whereInt", "boolToFloat", "intToFloat", "floatToBool", "floatToInt"];
const names = (Object.keys(elementwiseOperations) as OperationName[]).filter((name) => !others.includes(name));

/** Kernels of what works element by element, of float32 and bools. */
export const elementwiseKernels: Kernels = {
  ...Object.fromEntries(names.map((name) => [name, elementwise(name)])),
  where,
  cast,
  broadcastTo,
};
