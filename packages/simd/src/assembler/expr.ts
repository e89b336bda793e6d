import { AssemblyError } from "./assembly-error.ts";
import { float32Bytes, float64Bytes } from "./encoding/float-bytes.ts";
import { signedLeb128 } from "./encoding/leb128.ts";
import { instructionBytes } from "./encoding/instruction-bytes.ts";
import type { ResultType, ValueType } from "./value-type.ts";

/** What an expression needs from the place that it is put into. */
export interface ExprNeeds {
  /** Reads the module's memory. */
  readonly memory?: boolean;
  /** Belongs to this function (a local) or this module (a call). */
  readonly scope?: object;
}

/** What most expressions need: nothing. */
export const nothing: ExprNeeds = {};

/** What an expression needs that reads memory. */
export const usesMemory: ExprNeeds = { memory: true };

/** No operands. */
export const none: readonly Expr[] = [];

/**
 * A piece of code that leaves one value of type `T` on the stack.
 *
 * An expression is code, not a value: wherever it is placed, it is evaluated again, at that moment.
 * `FunctionBuilder.let` evaluates it once and keeps the value in a local.
 */
export class Expr<T extends ResultType = ResultType> {
  // Declared only: fields that are defined are set twice, and there are thousands of expressions.
  /** The type of its value. */
  declare readonly type: T;
  /** What it is computed from: their code comes first, in order. */
  declare readonly operands: readonly Expr[];
  /** The bytes of its own instruction. */
  declare readonly code: readonly number[];
  /** What the module must have for it. */
  declare readonly needs: ExprNeeds;

  constructor(type: T, operands: readonly Expr[], code: readonly number[], needs: ExprNeeds = nothing) {
    this.type = type;
    this.operands = operands;
    this.code = code;
    this.needs = needs;
  }
}

/** The JavaScript literals that stand for a constant of type `T`. */
export type Literal<T extends ResultType> = T extends "i64"
  ? bigint | number
  : T extends "i32" | "f32" | "f64"
    ? number
    : never;

/** What an instruction takes for an operand of type `T`: code, or a literal. */
export type Operand<T extends ResultType> = Expr<T> | Literal<T>;

/** Integers that were made before, by number: code is full of the same few. */
const integers: Map<number | bigint, Expr<"i32">> = new Map<number | bigint, Expr<"i32">>();
/** Of so many numbers. */
const mostIntegers = 256;

function integer(value: number | bigint): Expr<"i32"> {
  if (typeof value !== "number" || !Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
    throw new AssemblyError(`i32.const: expected an integer in [-2^31, 2^32), got ${value}.`);
  }
  const made = new Expr("i32", none, instructionBytes(0x41, signedLeb128(value | 0)));
  if (integers.size < mostIntegers) integers.set(value, made);
  return made;
}

/** The code of a constant. */
export function constant<T extends "i32" | "i64" | "f32" | "f64">(type: T, value: number | bigint): Expr<T> {
  switch (type) {
    case "i32":
      return (integers.get(value) ?? integer(value)) as Expr<T>;
    case "i64":
      if (typeof value === "number" && !Number.isSafeInteger(value)) {
        throw new AssemblyError(`i64.const: expected a safe integer or a bigint, got ${value}.`);
      }
      return new Expr(type, none, instructionBytes(0x42, signedLeb128(BigInt.asIntN(64, BigInt(value)))));
    case "f32":
      return new Expr(type, none, instructionBytes(0x43, float32Bytes(Number(value))));
    default:
      return new Expr(type, none, instructionBytes(0x44, float64Bytes(Number(value))));
  }
}

/**
 * The code of an operand, checked against the type that the instruction expects.
 *
 * @param where the instruction, for the message
 * @throws AssemblyError if the operand has another type
 */
export function operandOf<T extends ValueType>(where: string, type: T, operand: Operand<T>): Expr<T> {
  if (operand instanceof Expr) {
    if (operand.type !== type) {
      throw new AssemblyError(`${where}: expected an operand of type ${type}, got ${operand.type}.`);
    }
    return operand;
  }
  const isLiteral = typeof operand === "number" || typeof operand === "bigint";
  if (!isLiteral || type === "v128" || (typeof operand === "bigint" && type !== "i64")) {
    throw new AssemblyError(`${where}: expected an operand of type ${type}, got ${describe(operand)}.`);
  }
  return constant<"i32" | "i64" | "f32" | "f64">(type, operand) as Expr<T>;
}

function describe(value: unknown): string {
  return typeof value === "bigint" ? `${value}n` : String(value);
}
