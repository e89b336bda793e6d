import { type Expr, f32x4, f64x2, type FunctionBuilder, i32x4, type ModuleBuilder, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { elements } from "../elements.ts";

/** How many neighbours code computes at once: whole vectors, or one element in the first lane. */
export type Width = 16 | 8 | 4 | 1;

/** All widths, widest first. */
export const widths: readonly Width[] = [16, 8, 4, 1];

/** Where code for lanes is put. */
export interface LaneScope {
  readonly module: ModuleBuilder;
  readonly f: FunctionBuilder<"void">;
  readonly width: Width;
  /** Whether elementary functions are part of the code, as loops that run often want them, or are called. */
  readonly inlines?: boolean;
}

/**
 * Values of neighbouring elements in vectors: four float32, int32 or bool (as masks) each, or two float64.
 * A uniform value is one vector whose lanes are all equal.
 */
export interface Lanes {
  readonly dtype: DType;
  readonly parts: readonly Expr<"v128">[];
  readonly uniform: boolean;
}

/** How many vectors hold `width` elements. */
export function partCount(dtype: DType, width: Width): number {
  return width === 1 ? 1 : width / elements[dtype].lanes;
}

/** Vector number `i`. */
export function part(lanes: Lanes, i: number): Expr<"v128"> {
  return (lanes.uniform ? lanes.parts[0] : lanes.parts[i]) as Expr<"v128">;
}

/** As many vectors as elements that differ have. */
export function allParts(lanes: Lanes, width: Width): Expr<"v128">[] {
  return Array.from({ length: partCount(lanes.dtype, width) }, (_, i) => part(lanes, i));
}

/** Applies a vector function to operands of one vector count, each result evaluated once. */
export function mapParts(
  { f, width }: LaneScope,
  dtype: DType,
  operands: readonly Lanes[],
  compute: (...parts: Expr<"v128">[]) => Expr<"v128">,
): Lanes {
  const uniform = operands.every((operand) => operand.uniform);
  const count = uniform ? 1 : partCount(operands[0]!.dtype, width);
  const parts = Array.from({ length: count }, (_, i) => f.let(compute(...operands.map((operand) => part(operand, i)))));
  return { dtype, parts, uniform };
}

/** A number in all lanes. */
export function constantLanes(dtype: DType, value: number): Lanes {
  return { dtype, parts: [elements[dtype].constant(value)], uniform: true };
}

/** Masks as comparisons of a dtype give them, as those of bools. */
export function narrowMask({ f, width }: LaneScope, mask: Lanes): Lanes {
  if (mask.uniform || width === 1 || elements[mask.dtype].lanes === elements.bool.lanes)
    return { ...mask, dtype: "bool" };
  const parts = Array.from({ length: mask.parts.length / 2 }, (_, i) =>
    f.let(i32x4.shuffle(part(mask, 2 * i), part(mask, 2 * i + 1), [0, 2, 4, 6])),
  );
  return { dtype: "bool", parts, uniform: false };
}

/** Masks of bools as masks of lanes of a dtype. */
export function widenMask({ f, width }: LaneScope, mask: Lanes, dtype: DType): Lanes {
  if (mask.uniform || elements[dtype].lanes === elements.bool.lanes) return { ...mask, dtype };
  const spread = (from: Expr<"v128">, lane: number): Expr<"v128"> =>
    f.let(i32x4.shuffle(from, from, [lane, lane, lane + 1, lane + 1]));
  const parts = mask.parts.flatMap((from) => (width === 1 ? [spread(from, 0)] : [spread(from, 0), spread(from, 2)]));
  return { dtype, parts, uniform: false };
}

/** Elements of another dtype. */
export function castLanes(scope: LaneScope, x: Lanes, dtype: DType): Lanes {
  return casts[x.dtype][dtype](scope, x, dtype);
}

type Cast = (scope: LaneScope, x: Lanes, dtype: DType) => Lanes;

const same: Cast = (_, x) => x;

/** By the dtype that is cast, then by the one that it becomes. */
const casts: { readonly [From in DType]: { readonly [To in DType]: Cast } } = {
  float32: {
    float32: same,
    float64: (scope, x) => widen(scope, x, f64x2.promoteLowF32x4),
    int32: (scope, x, dtype) => mapParts(scope, dtype, [x], (a) => wrapped(scope, f32x4, a, i32x4.truncSatF32x4U)),
    bool: isNotZero(f32x4.ne),
  },
  float64: {
    float32: (scope, x, dtype) => narrow(scope, x, f32x4.demoteF64x2Zero, dtype),
    float64: same,
    int32: (scope, x, dtype) => narrow(scope, x, (a) => wrapped(scope, f64x2, a, i32x4.truncSatF64x2UZero), dtype),
    bool: isNotZero(f64x2.ne),
  },
  int32: {
    float32: (scope, x, dtype) => mapParts(scope, dtype, [x], f32x4.convertI32x4S),
    float64: (scope, x) => widen(scope, x, f64x2.convertLowI32x4S),
    int32: same,
    bool: isNotZero(i32x4.ne),
  },
  bool: { float32: fromMask, float64: fromMask, int32: fromMask, bool: same },
};

/**
 * Floats truncated to int32 modulo 2^32, as in eager: r = x − trunc(x / 2^32) · 2^32 is exact and has x's sign, NaN where
 * x is not finite. `unsigned` saturates at 0 and makes 0 of NaN, so that one of r and −r gives nothing.
 */
function wrapped(
  { f }: LaneScope,
  ops: typeof f32x4 | typeof f64x2,
  x: Expr<"v128">,
  unsigned: (x: Expr<"v128">) => Expr<"v128">,
): Expr<"v128"> {
  const turns = ops.trunc(ops.mul(x, ops.const(2 ** -32)));
  const rest = f.let(ops.sub(x, ops.mul(turns, ops.const(2 ** 32))));
  return i32x4.sub(unsigned(rest), unsigned(ops.neg(rest)));
}

function fromMask(scope: LaneScope, x: Lanes, dtype: DType): Lanes {
  return mapParts(scope, dtype, [widenMask(scope, x, dtype)], (mask) => v128.and(mask, elements[dtype].constant(1)));
}

function isNotZero(ne: typeof f32x4.ne): Cast {
  return (scope, x) =>
    narrowMask(
      scope,
      mapParts(scope, x.dtype, [x], (a) => ne(a, elements[x.dtype].constant(0))),
    );
}

/** Two vectors of 64-bit lanes into one of 32-bit lanes; `convert` leaves its results in the lower half. */
function narrow({ f, width }: LaneScope, x: Lanes, convert: (x: Expr<"v128">) => Expr<"v128">, dtype: DType): Lanes {
  const low = x.parts.map((from) => f.let(convert(from)));
  if (width === 1 && !x.uniform) return { dtype, parts: low, uniform: false };
  const parts = x.uniform
    ? low.map((from) => f.let(i32x4.shuffle(from, from, [0, 0, 0, 0])))
    : Array.from({ length: low.length / 2 }, (_, i) =>
        f.let(i32x4.shuffle(low[2 * i] as Expr<"v128">, low[2 * i + 1] as Expr<"v128">, [0, 1, 4, 5])),
      );
  return { dtype, parts, uniform: x.uniform };
}

/** One vector of 32-bit lanes into two of 64-bit lanes; `convert` takes the lower half. */
function widen({ f, width }: LaneScope, x: Lanes, convert: (x: Expr<"v128">) => Expr<"v128">): Lanes {
  const parts = x.parts.flatMap((from) => {
    const low = f.let(convert(from));
    return x.uniform || width === 1 ? [low] : [low, f.let(convert(i32x4.shuffle(from, from, [2, 3, 2, 3])))];
  });
  return { dtype: "float64", parts, uniform: x.uniform };
}
