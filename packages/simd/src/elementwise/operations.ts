/** What a register holds: 4 bytes for an element, and one for a bool, which is true unless it is 0. */
export type ElementType = "float32" | "int32" | "bool";

/** Bytes of an element. */
export const elementBytes: Readonly<Record<ElementType, 1 | 4>> = { float32: 4, int32: 4, bool: 1 };

/** Types of the operands of an operation and of its result. */
export interface OperationTypes<
  Operands extends readonly ElementType[] = readonly ElementType[],
  Result extends ElementType = ElementType,
> {
  /** What it takes. */
  readonly operands: Operands;
  /** What it gives. */
  readonly result: Result;
}

const functions = [
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
const mathematical = ["exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "sigmoid", "erf", "erfc"] as const;
const arithmetic = ["add", "sub", "mul", "div", "pow", "maximum", "minimum"] as const;
const comparisons = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
const connectives = ["logicalAnd", "logicalOr"] as const;

type Rows<Names extends readonly string[], Row> = { readonly [Name in Names[number]]: Row };

/** The operations and their types. */
export type Operations = Rows<typeof functions, OperationTypes<readonly ["float32"], "float32">> &
  Rows<typeof mathematical, OperationTypes<readonly ["float32"], "float32">> &
  Rows<typeof arithmetic, OperationTypes<readonly ["float32", "float32"], "float32">> &
  Rows<typeof comparisons, OperationTypes<readonly ["float32", "float32"], "bool">> &
  Rows<typeof connectives, OperationTypes<readonly ["bool", "bool"], "bool">> & {
    readonly logicalNot: OperationTypes<readonly ["bool"], "bool">;
    /** The second operand where the first is true, else the third. */
    readonly where: OperationTypes<readonly ["bool", "float32", "float32"], "float32">;
    readonly whereInt: OperationTypes<readonly ["bool", "int32", "int32"], "int32">;
    readonly boolToFloat: OperationTypes<readonly ["bool"], "float32">;
    readonly intToFloat: OperationTypes<readonly ["int32"], "float32">;
    readonly floatToBool: OperationTypes<readonly ["float32"], "bool">;
    /** Toward zero, modulo 2^32; 0 for NaN and infinities. */
    readonly floatToInt: OperationTypes<readonly ["float32"], "int32">;
  };

/** Name of an operation. */
export type OperationName = keyof Operations;

function rows<const Names extends readonly string[], const Row>(names: Names, row: Row): Rows<Names, Row> {
  return Object.fromEntries(names.map((name) => [name, row])) as Rows<Names, Row>;
}

/**
 * What elementwise programs compute with. Arithmetic, roots, comparisons and rounding are those of IEEE 754 in single
 * precision; elementary functions are `mathFunctions` with the same bits, `log1p` that of double precision, rounded. A
 * comparison with NaN is false, `ne` true; 1 to any power is 1, as IEEE 754 says; `maximum` and `minimum` give NaN where an
 * operand is NaN, and take −0 to be less than 0. `sign` gives zeros and NaN as they are, `relu` NaN, and 0 for −0; `round`
 * takes halves to the even neighbour.
 */
export const operations: Operations = {
  ...rows(functions, { operands: ["float32"], result: "float32" }),
  ...rows(mathematical, { operands: ["float32"], result: "float32" }),
  ...rows(arithmetic, { operands: ["float32", "float32"], result: "float32" }),
  ...rows(comparisons, { operands: ["float32", "float32"], result: "bool" }),
  ...rows(connectives, { operands: ["bool", "bool"], result: "bool" }),
  logicalNot: { operands: ["bool"], result: "bool" },
  where: { operands: ["bool", "float32", "float32"], result: "float32" },
  whereInt: { operands: ["bool", "int32", "int32"], result: "int32" },
  boolToFloat: { operands: ["bool"], result: "float32" },
  intToFloat: { operands: ["int32"], result: "float32" },
  floatToBool: { operands: ["float32"], result: "bool" },
  floatToInt: { operands: ["float32"], result: "int32" },
};
