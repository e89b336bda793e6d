import { broadcastShapes, isFloat, sameShape, sizeOf, type Spec } from "@tapegrad/tensor/internal";
import type { OperationName, Operations } from "../operations/operation.ts";
import { operations } from "../operations/operations.ts";
import { constantPower } from "./constant-power.ts";
import { constantData, constantScalar } from "./constants.ts";
import { attrsOf, type Operation, operationOf, type Value } from "./graph.ts";
import { foldTiles } from "./tiled-windows.ts";

/** Adds operations to a graph. */
export interface GraphOps {
  readonly apply: <P extends OperationName>(name: P, inputs: readonly Value[], attrs: Operations[P]) => Value;
  readonly scalar: (value: number, dtype: Value["dtype"]) => Value;
}

type Rule<P extends OperationName> = (
  builder: GraphOps,
  inputs: readonly Value[],
  attrs: Operations[P],
) => Value | undefined;

/** A value that an application equals bit for bit, if it needs no operation of its own. */
export function simplify<P extends OperationName>(
  builder: GraphOps,
  name: P,
  inputs: readonly Value[],
  attrs: Operations[P],
): Value | undefined {
  const rule: Rule<P> | undefined = rules[name];
  return rule?.(builder, inputs, attrs);
}

/** The operation behind a value, if it has this name. */
function made<P extends OperationName>(value: Value, name: P): Operation<P> | undefined {
  const operation = operationOf(value);
  return operation?.name === name ? (operation as Operation<P>) : undefined;
}

/** The operand, where the operation leaves it as it is and the other one does not broadcast it. */
function keeps(kept: Value, other: Value, isNeutral: (value: number) => boolean): Value | undefined {
  const constant = constantScalar(other);
  if (constant === undefined || !isNeutral(constant)) return undefined;
  return sizeOf(other.shape) === 1 && other.shape.length <= kept.shape.length ? kept : sameBroadcast(kept, other);
}

function sameBroadcast(kept: Value, other: Value): Value | undefined {
  return sameShape(kept.shape, other.shape) ? kept : undefined;
}

const isOne = (value: number): boolean => value === 1;

/** The input, if reducing over `axes` changes nothing. */
function reducesNothing(inputs: readonly Value[], axes: readonly number[]): Value | undefined {
  const x = inputs[0]!;
  return axes.every((axis) => x.shape[axis] === 1) ? x : undefined;
}

const rules: { readonly [P in OperationName]?: Rule<P> } = {
  cast: (builder, [x], { dtype }) => {
    const value = x as Value;
    if (value.dtype === dtype) return value;
    const inner = made(value, "cast");
    const source = inner?.inputs[0];
    // float32 → float64 → float32 gives the number back.
    return value.dtype === "float64" && source?.dtype === "float32" && inner !== undefined
      ? builder.apply("cast", [source], { dtype })
      : undefined;
  },
  reshape: (builder, [x], { shape }) => {
    const value = x as Value;
    if (sameShape(value.shape, shape)) return value;
    const inner = made(value, "reshape");
    return inner === undefined ? undefined : builder.apply("reshape", inner.inputs, { shape });
  },
  permute: (builder, [x], { axes }) => {
    if (axes.every((axis, i) => axis === i)) return x;
    const inner = made(x as Value, "permute");
    if (inner === undefined) return undefined;
    const before = attrsOf(inner, "permute").axes;
    return builder.apply("permute", inner.inputs, { axes: axes.map((axis) => before[axis]!) });
  },
  broadcastTo: (builder, [x], { shape }) => {
    const value = x as Value;
    if (sameShape(value.shape, shape)) return value;
    const inner = made(value, "broadcastTo");
    const source = inner?.inputs[0];
    return source === undefined ? undefined : builder.apply("broadcastTo", [source], { shape });
  },
  slice: (_, [x], { size }) => (sameShape((x as Value).shape, size) ? x : undefined),
  flip: (_, [x], { axes }) => (axes.every((axis) => (x as Value).shape[axis] === 1) ? x : undefined),
  pad: (_, [x], { low, high, interior }) =>
    [...low, ...high].every((n) => n === 0) &&
    interior.every((n, axis) => n === 0 || ((x as Value).shape[axis] ?? 0) <= 1)
      ? x
      : undefined,
  concat: (_, inputs) => (inputs.length === 1 ? inputs[0] : undefined),
  neg: (_, [x]) => made(x as Value, "neg")?.inputs[0],
  mul: (_, [a, b]) => keeps(a as Value, b as Value, isOne) ?? keeps(b as Value, a as Value, isOne),
  div: (_, [a, b]) => keeps(a as Value, b as Value, isOne),
  // Adding 0 would turn -0 into 0.
  sub: (_, [a, b]) => keeps(a as Value, b as Value, (value) => Object.is(value, 0)),
  pow: (builder, [a, b]) => {
    const power = constantScalar(b as Value);
    const fits = sizeOf((b as Value).shape) === 1 && (b as Value).shape.length <= (a as Value).shape.length;
    return fits && power !== undefined ? constantPower(builder, a as Value, power) : undefined;
  },
  where: (builder, [condition, a, b]) => {
    const value = a as Value;
    if (a !== b) return undefined;
    const shape = broadcastShapes("where", (condition as Value).shape, value.shape);
    return sameShape(shape, value.shape) ? value : builder.apply("broadcastTo", [value], { shape });
  },
  sum: (builder, inputs, { axes }) => {
    const x = reducesNothing(inputs, axes);
    // A sum starts from 0, which takes the sign from a zero.
    return x === undefined || !isFloat(x.dtype) ? x : builder.apply("add", [x, builder.scalar(0, x.dtype)], {});
  },
  prod: (_, inputs, { axes }) => reducesNothing(inputs, axes),
  max: (_, inputs, { axes }) => reducesNothing(inputs, axes),
  min: (_, inputs, { axes }) => reducesNothing(inputs, axes),
  foldWindows: (builder, [y], attrs) => foldTiles(builder, y as Value, attrs),
  windows: (_, [x], { size, axes }) => (size.length === 0 && axes.length === 0 ? x : undefined),
};

/** Whether an operation is to be evaluated now: its inputs are constants, and its outputs small. */
export function foldable(name: OperationName, inputs: readonly Value[], outputs: readonly Spec[]): boolean {
  const { foldsUpTo } = operations[name];
  return (
    foldsUpTo > 0 &&
    inputs.length > 0 &&
    inputs.every((input) => constantData(input) !== undefined) &&
    outputs.every(({ shape }) => sizeOf(shape) <= foldsUpTo)
  );
}
