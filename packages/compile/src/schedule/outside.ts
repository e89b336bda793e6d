import type { DType } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import { constantScalar } from "../graph/constants.ts";
import { type Operation, operationOf, type Value } from "../graph/graph.ts";
import type { OperationName } from "../operations/operation.ts";
import { type Band, hull } from "./band.ts";

/** A value that has the same number everywhere outside of a band. */
export interface Outside {
  readonly band: Band;
  readonly constant: number;
  /** Whether it may be NaN instead, in rows all of which is NaN then, within the band as well. */
  readonly orNaN?: boolean;
}

/** What is the same everywhere is so outside of no diagonals. */
const nowhere: Band = { lower: Infinity, upper: -Infinity };

/** Operations whose results are those of float64, rounded, wherever they are computed: not sums, that may take in a product. */
const exact: { readonly [P in OperationName]?: (a: number, b: number) => number } = {
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

/**
 * What the result of an operation is outside of a band, if it is the same everywhere there.
 *
 * @param of what is known of an operand that has the matrices of the result
 */
export function outsideOf(
  { name, inputs, outputs }: Operation,
  of: (operand: Value) => Outside | undefined,
): Outside | undefined {
  const [x, y] = inputs;
  const { dtype } = outputs[0]!;
  const [a, b] = [x && of(x), y && of(y)];
  if (a === undefined && b === undefined) return undefined;
  if (name === "broadcastTo" || name === "reshape") return a;
  if (name === "cast") return converted(a, dtype);
  if (name === "exp") return a?.constant === -Infinity ? { ...a, constant: 0 } : undefined;
  if (name === "sub") return a && lessOfRow(a, y!);
  const combine = exact[name];
  return combine && converted(both(a ?? everywhere(x!), b ?? everywhere(y!), combine), dtype);
}

function both(
  a: Outside | undefined,
  b: Outside | undefined,
  combine: (a: number, b: number) => number,
): Outside | undefined {
  if (a === undefined || b === undefined) return undefined;
  const orNaN = a.orNaN === true || b.orNaN === true;
  return { band: hull(a.band, b.band)!, constant: combine(a.constant, b.constant), orNaN };
}

/** An infinity less a number of each row, that is never that infinity itself. NaN is of all the row. */
function lessOfRow(a: Outside, y: Value): Outside | undefined {
  const isKept = Math.abs(a.constant) === Infinity && isOfRow(y) && isNever(y, a.constant);
  return isKept ? { ...a, orNaN: true } : undefined;
}

function everywhere(value: Value): Outside | undefined {
  const constant = constantScalar(value);
  return constant === undefined ? undefined : { band: nowhere, constant };
}

/** The constant in another dtype; undefined if that has it not, or if it is NaN. */
function converted(outside: Outside | undefined, dtype: DType): Outside | undefined {
  if (outside === undefined) return undefined;
  if (!isFloat(dtype))
    return outside.constant === 0 && outside.orNaN !== true ? { ...outside, constant: 0 } : undefined;
  const constant = dtype === "float32" ? Math.fround(outside.constant) : outside.constant;
  return Number.isNaN(constant) ? undefined : { ...outside, constant };
}

/** Whether a value is the same along the last axis of what it is broadcast to. */
function isOfRow(value: Value): boolean {
  if ((value.shape.at(-1) ?? 1) === 1) return true;
  const operation = operationOf(value);
  return operation?.name === "broadcastTo" && isOfRow(operation.inputs[0]!);
}

/** Whether another number stands wherever a value would be this one. */
function isNever(value: Value, number: number): boolean {
  const operation = operationOf(value);
  if (operation?.name === "broadcastTo") return isNever(operation.inputs[0]!, number);
  if (operation?.name !== "where") return false;
  const [condition, instead, otherwise] = operation.inputs as readonly [Value, Value, Value];
  const comparison = operationOf(condition);
  if (comparison?.name !== "eq" || comparison.inputs[0] !== otherwise) return false;
  const other = constantScalar(instead);
  return constantScalar(comparison.inputs[1]!) === number && other !== undefined && other !== number;
}
