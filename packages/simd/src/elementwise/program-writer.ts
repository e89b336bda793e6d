import { type ElementType, type OperationName, type Operations, operations } from "./operations.ts";

/** A value of a program: one for each element, or a scalar. */
export interface Register<T extends ElementType = ElementType> {
  /** What it holds. */
  readonly type: T;
  /** Its number in the program. */
  readonly index: number;
}

type TypesOf<Name extends OperationName> = Operations[Name];
type OperandOf<T extends ElementType> = T extends "float32" ? Register<T> | number : Register<T>;
type OperandsOf<Types extends readonly ElementType[]> = { readonly [I in keyof Types]: OperandOf<Types[I]> };

/** The operations as functions of registers and numbers, which become float32; each call is an instruction. */
export type Instructions = {
  readonly [Name in OperationName]: (
    ...operands: OperandsOf<TypesOf<Name>["operands"]>
  ) => Register<TypesOf<Name>["result"]>;
};

/** What a program is written with. */
export interface ProgramWriter extends Instructions {
  /** The next input, float32 unless told otherwise. */
  readonly input: <T extends ElementType = "float32">(type?: T) => Register<T>;
  /** The next scalar: a number that each run gives, as float32. */
  readonly scalar: () => Register<"float32">;
}

/** A program as it was written; registers by their numbers. */
export interface RecordedProgram {
  readonly types: readonly ElementType[];
  readonly inputs: readonly number[];
  readonly scalars: readonly number[];
  readonly numbers: readonly { readonly register: number; readonly value: number }[];
  readonly instructions: readonly RecordedInstruction[];
  readonly outputs: readonly number[];
}

/** An operation on registers. */
export interface RecordedInstruction {
  readonly name: OperationName;
  readonly operands: readonly number[];
  readonly result: number;
}

/** Has a program written down. */
export function recordProgram(write: (writer: ProgramWriter) => readonly Register[]): RecordedProgram {
  const types: ElementType[] = [];
  const inputs: number[] = [];
  const scalars: number[] = [];
  const numbers: { register: number; value: number }[] = [];
  const instructions: RecordedInstruction[] = [];
  const fresh = (type: ElementType): number => types.push(type) - 1;
  const register = (operand: Register | number): number => {
    if (typeof operand !== "number") return operand.index;
    const known = numbers.find(({ value }) => Object.is(value, operand));
    if (known !== undefined) return known.register;
    const added = { register: fresh("float32"), value: operand };
    numbers.push(added);
    return added.register;
  };
  const instruction = (name: OperationName) => {
    const { operands: expected, result: type } = operations[name];
    return (...given: readonly (Register | number)[]): Register => {
      const operands = given.map(register);
      const found = operands.map((operand) => types[operand]).join(", ");
      if (found !== expected.join(", ")) {
        throw new TypeError(`${name}: expected operands ${expected.join(", ")}, got ${found || "none"}.`);
      }
      const result = fresh(type);
      instructions.push({ name, operands, result });
      return { type, index: result };
    };
  };
  const rows = (Object.keys(operations) as OperationName[]).map((name) => [name, instruction(name)]);
  const writer = {
    ...(Object.fromEntries(rows) as Instructions),
    input: <T extends ElementType = "float32">(type = "float32" as T): Register<T> => {
      const index = fresh(type);
      inputs.push(index);
      return { type, index };
    },
    scalar: (): Register<"float32"> => {
      const index = fresh("float32");
      scalars.push(index);
      return { type: "float32", index };
    },
  };
  const outputs = write(writer).map(({ index }) => index);
  return { types, inputs, scalars, numbers, instructions, outputs };
}
