import {
  type ElementArray,
  type ElementType,
  elementwiseProgram,
  type ElementwiseProgram,
  type OperationName,
  type ProgramWriter,
  type Register,
  type Repetition,
  runElementwise,
} from "@tapegrad/simd";
import { allocate, type DType } from "../dtype.ts";
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

/** A kernel for operands of these dtypes. */
function elementwise(name: OperationName, dtypes: readonly (DType & ElementType)[], least: number): Kernel<NoAttrs> {
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
    const out = allocate(dtype, size) as ElementArray;
    runElementwise(instruction.program(isScalar), { inputs, scalars, outputs: [out], repetitions });
    return [out];
  };
}

function rows<const Names extends readonly OperationName[]>(
  names: Names,
  dtypes: readonly (DType & ElementType)[],
  least: number,
): { readonly [Name in Names[number]]: Kernel<NoAttrs> } {
  const kernels = names.map((name) => [name, elementwise(name, dtypes, least)]);
  return Object.fromEntries(kernels) as { readonly [Name in Names[number]]: Kernel<NoAttrs> };
}

const conversions: { readonly [From in DType]?: { readonly [To in DType]?: Kernel<NoAttrs> } } = {
  float32: {
    bool: elementwise("floatToBool", ["float32"], arithmetic),
    int32: elementwise("floatToInt", ["float32"], arithmetic),
  },
  int32: { float32: elementwise("intToFloat", ["int32"], arithmetic) },
  bool: { float32: elementwise("boolToFloat", ["bool"], arithmetic) },
};

const cast: Kernel<{ readonly dtype: DType }> = (inputs, { dtype }, outputs) =>
  conversions[inputs[0]!.dtype]?.[dtype]?.(inputs, {}, outputs);

const simple = [
  "neg",
  "abs",
  "sign",
  "square",
  "sqrt",
  "rsqrt",
  "reciprocal",
  "relu",
  "floor",
  "ceil",
  "round",
] as const;
const mathematical = ["exp", "expm1", "log", "log1p", "tanh", "sigmoid", "erf"] as const;
const binary = ["add", "sub", "mul", "div", "maximum", "minimum", "eq", "ne", "lt", "le", "gt", "ge"] as const;

const floatWhere = elementwise("where", ["bool", "float32", "float32"], arithmetic);
const intWhere = elementwise("whereInt", ["bool", "int32", "int32"], arithmetic);
const where: Kernel<NoAttrs> = (inputs, attrs, outputs) =>
  (outputs[0]!.dtype === "int32" ? intWhere : floatWhere)(inputs, attrs, outputs);

const copies: { [D in DType]?: ElementwiseProgram } = {};
/** Copies, element by element, what repeats; of all dtypes that programs know. */
const broadcastTo: Kernel<ShapeAttrs> = (inputs, { shape }) => {
  const { data, shape: from, dtype } = inputs[0]!;
  const size = sizeOf(shape);
  const repetition = repetitionOf(from, shape);
  if (size < arithmetic || dtype === "float64" || repetition === undefined || repetition === "scattered")
    return undefined;
  const program = (copies[dtype] ??= elementwiseProgram(({ input }) => [input(dtype)]));
  const out = allocate(dtype, size) as ElementArray;
  runElementwise(program, { inputs: [data as ElementArray], outputs: [out], repetitions: [repetition] });
  return [out];
};

/** Kernels of what works element by element, of float32 and bools. */
export const elementwiseKernels: Kernels = {
  ...rows(simple, ["float32"], arithmetic),
  ...rows(mathematical, ["float32"], functions),
  ...rows(binary, ["float32", "float32"], arithmetic),
  ...rows(["logicalAnd", "logicalOr"], ["bool", "bool"], arithmetic),
  ...rows(["logicalNot"], ["bool"], arithmetic),
  where,
  cast,
  broadcastTo,
};
