import { broadcastShapes, isFloat, sameShape, sizeOf, type Spec } from "@tapegrad/tensor/internal";
import type { OperationName, Operations } from "../operations/operation.ts";
import { operations } from "../operations/operations.ts";
import { constantPower } from "./constant-power.ts";
import { constantData, constantScalar } from "./constants.ts";
import { attrsOf, type Operation, operationOf, type Value } from "./graph.ts";
import { lateGather } from "./late-gather.ts";
import { foldRepeated } from "./repeated-windows.ts";
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
  return rule?.(builder, inputs, attrs) ?? lateGather(builder, name, inputs, attrs);
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
  return sameShape(broadcastShapes("keeps", kept.shape, other.shape), kept.shape) ? kept : undefined;
}

const isZero = (value: number): boolean => value === 0;
const isPositiveZero = (value: number): boolean => Object.is(value, 0);
const isOne = (value: number): boolean => value === 1;

/** The value in a shape that it broadcasts to. */
function inShape(builder: GraphOps, value: Value, shape: readonly number[]): Value {
  return sameShape(value.shape, shape) ? value : builder.apply("broadcastTo", [value], { shape });
}

/** What a connective of bools gives where an operand is a constant: the other one, or the one that decides. */
const connective =
  (isNeutral: (value: number) => boolean, isDecisive: (value: number) => boolean): Rule<"logicalAnd" | "logicalOr"> =>
  (builder, inputs) => {
    const [a, b] = inputs as readonly [Value, Value];
    const decisive = inputs.map(constantScalar).find((constant) => constant !== undefined && isDecisive(constant));
    if (decisive !== undefined) {
      return inShape(builder, builder.scalar(decisive, "bool"), broadcastShapes("logical", a.shape, b.shape));
    }
    return keeps(a, b, isNeutral) ?? keeps(b, a, isNeutral);
  };

/** Whether dividing by a number is to multiply by its reciprocal, to the last bit. */
function hasExactReciprocal(value: number): boolean {
  // Of a float64 next to a power of two the logarithm, rounded, may be whole, too.
  const exponent = Math.round(Math.log2(Math.abs(value)));
  return Math.abs(exponent) < 100 && 2 ** exponent === Math.abs(value);
}

/** a · (x · c) as (a · c) · x for a power of two c and fewer a than x. */
function scaled(builder: GraphOps, a: Value, product: Value): Value | undefined {
  const factors = made(product, "mul")?.inputs;
  if (factors === undefined || !isFloat(a.dtype) || constantScalar(a) !== undefined) return undefined;
  for (let i = 0; i < 2; i++) {
    const constant = constantScalar(factors[i]!);
    const x = factors[1 - i]!;
    if (constant === undefined || !hasExactReciprocal(constant) || sizeOf(a.shape) >= sizeOf(x.shape)) continue;
    if (!sameShape(x.shape, product.shape)) continue;
    return builder.apply("mul", [builder.apply("mul", [a, builder.scalar(constant, a.dtype)], {}), x], {});
  }
  return undefined;
}

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
  mul: (builder, inputs) => {
    const x = inputs[0]!;
    const y = inputs[1]!;
    return keeps(x, y, isOne) ?? keeps(y, x, isOne) ?? scaled(builder, x, y) ?? scaled(builder, y, x);
  },
  div: (builder, inputs) => {
    const value = inputs[0]!;
    const by = inputs[1]!;
    const divisor = constantScalar(by);
    const kept = keeps(value, by, isOne);
    if (kept !== undefined || divisor === undefined || !isFloat(by.dtype) || !hasExactReciprocal(divisor)) return kept;
    const reciprocal = inShape(builder, builder.scalar(1 / divisor, by.dtype), by.shape);
    return builder.apply("mul", [value, reciprocal], {});
  },
  logicalAnd: connective(isOne, isZero),
  logicalOr: connective(isZero, isOne),
  // Adding 0 would turn -0 into 0.
  sub: (_, inputs) => keeps(inputs[0]!, inputs[1]!, isPositiveZero),
  pow: (builder, [a, b]) => {
    const power = constantScalar(b as Value);
    const kept = keeps(a as Value, b as Value, () => true);
    return kept !== undefined && power !== undefined ? constantPower(builder, kept, power) : undefined;
  },
  where: (builder, [condition, a, b]) => {
    const chosen = constantScalar(condition as Value);
    if (a !== b && chosen === undefined) return undefined;
    const shape = [a, b].reduce(
      (all, value) => broadcastShapes("where", all, (value as Value).shape),
      (condition as Value).shape,
    );
    return inShape(builder, (chosen === 0 ? b : a) as Value, shape);
  },
  sum: (builder, inputs, { axes }) => {
    const x = reducesNothing(inputs, axes);
    // A sum starts from 0, which takes the sign from a zero.
    if (x !== undefined) return isFloat(x.dtype) ? builder.apply("add", [x, builder.scalar(0, x.dtype)], {}) : x;
    const negated = made(inputs[0]!, "neg")?.inputs[0];
    if (negated === undefined) return undefined;
    return builder.apply("sub", [builder.scalar(0, negated.dtype), builder.apply("sum", [negated], { axes })], {});
  },
  prod: (_, inputs, { axes }) => reducesNothing(inputs, axes),
  max: (_, inputs, { axes }) => reducesNothing(inputs, axes),
  min: (_, inputs, { axes }) => reducesNothing(inputs, axes),
  foldWindows: (builder, [y], attrs) =>
    foldTiles(builder, y as Value, attrs) ?? foldRepeated(builder, y as Value, attrs),
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
