import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { FunctionRef } from "../assembler/function-ref.ts";
import type { ModuleBuilder } from "../assembler/module-builder.ts";
import { call } from "../assembler/ops/call.ts";
import { f32x4, f64x2 } from "../assembler/ops/float-vector.ts";
import { definedOnce } from "../assembler/defined-once.ts";
import { double, single } from "./float-shape.ts";
import type { FloatShape } from "./float-shape.ts";
import type { MathScope } from "./math-scope.ts";

/** Parameters of one type, by name. */
export type ParamsOf<Names extends string, T extends "f32" | "f64" | "v128"> = { readonly [Name in Names]: T };

/** Values of vector parameters, by name. */
export type VectorArguments<Names extends string> = { readonly [Name in Names]: Expr<"v128"> };

/** Defines a function in a module, or gives the one that is defined there already. */
export type Definer<Names extends string, T extends "f32" | "f64" | "v128"> = (
  module: ModuleBuilder,
) => FunctionRef<ParamsOf<Names, T>, T>;

/** Appends the code of a function to `f`, a function of `module`, and gives its result, to be used once. */
export type Inliner<Names extends string> = (
  module: ModuleBuilder,
  f: FunctionBuilder,
  args: VectorArguments<Names>,
) => Expr<"v128">;

/** An elementary function in all the forms in which a module can use it. They agree to the last bit. */
export interface MathFunction<Names extends string = "x"> {
  /** Four single-precision lanes. */
  readonly f32x4: Definer<Names, "v128">;
  /** Two double-precision lanes. */
  readonly f64x2: Definer<Names, "v128">;
  /** One single-precision number. */
  readonly f32: Definer<Names, "f32">;
  /** One double-precision number. */
  readonly f64: Definer<Names, "f64">;
  /** The same code in the place of a call. */
  readonly inline: { readonly f32x4: Inliner<Names>; readonly f64x2: Inliner<Names> };
}

/** Emits a function's code and gives its result. */
export type Emitter<Names extends string> = (scope: MathScope, args: VectorArguments<Names>) => Expr<"v128">;

/** Makes the forms of a function from its code for each shape. */
function mathFunction<const Names extends string>(
  name: string,
  parameters: readonly Names[],
  emit: { readonly f32x4: Emitter<Names>; readonly f64x2: Emitter<Names> },
): MathFunction<Names> {
  const params = <T extends "f32" | "f64" | "v128">(type: T): ParamsOf<Names, T> =>
    Object.fromEntries(parameters.map((parameter) => [parameter, type])) as ParamsOf<Names, T>;
  const vector =
    (shape: FloatShape): Definer<Names, "v128"> =>
    (module) =>
      definedOnce(
        module,
        `${name}.${shape.name}`,
        { params: params("v128"), result: "v128" },
        (own) => (f, locals) => emit[shape.name]({ module: own, f, shape }, locals),
      );
  const inline =
    (shape: FloatShape): Inliner<Names> =>
    (module, f, args) =>
      emit[shape.name]({ module, f, shape }, args);
  const [ofSingle, ofDouble] = [vector(single), vector(double)];
  const splat = (scalars: object, ops: { splat: (x: never) => Expr<"v128"> }): VectorArguments<Names> =>
    Object.fromEntries(
      Object.entries(scalars).map(([parameter, x]) => [parameter, ops.splat(x as never)]),
    ) as VectorArguments<Names>;
  return {
    f32x4: ofSingle,
    f64x2: ofDouble,
    f32: (module) =>
      definedOnce(
        module,
        `${name}.f32`,
        { params: params("f32"), result: "f32" },
        (own) => (_, locals) => f32x4.extractLane(call(ofSingle(own), splat(locals, f32x4)), 0),
      ),
    f64: (module) =>
      definedOnce(
        module,
        `${name}.f64`,
        { params: params("f64"), result: "f64" },
        (own) => (_, locals) => f64x2.extractLane(call(ofDouble(own), splat(locals, f64x2)), 0),
      ),
    inline: { f32x4: inline(single), f64x2: inline(double) },
  };
}

/** Code for four single-precision lanes that computes two at a time in double precision, and rounds them. */
export function inHalves<const Names extends string>(emit: Emitter<Names>): Emitter<Names> {
  return ({ module, f }, args) => {
    const locals = Object.entries<Expr<"v128">>(args).map(([parameter, x]) => [parameter, f.let(x)] as const);
    const half = (first: 0 | 2): Expr<"v128"> => {
      const wide = locals.map(([parameter, x]) => {
        const lanes = first === 0 ? x : f32x4.shuffle(x, x, [2, 3, 2, 3]);
        return [parameter, f64x2.promoteLowF32x4(lanes)];
      });
      const scope = { module, f, shape: double };
      return f32x4.demoteF64x2Zero(emit(scope, Object.fromEntries(wide) as VectorArguments<Names>));
    };
    const low = f.let(half(0));
    return f32x4.shuffle(low, half(2), [0, 1, 4, 5]);
  };
}

/**
 * Makes the forms of a function whose single precision is computed in double precision and rounded, by a call: its code is long.
 *
 * @param emitShort the code for that, if it may be less precise than that of double precision
 */
export function widenedFunction<const Names extends string>(
  name: string,
  parameters: readonly Names[],
  emit: Emitter<Names>,
  emitShort?: Emitter<Names>,
): MathFunction<Names> {
  const short = emitShort && mathFunction(`${name}.short`, parameters, { f32x4: emitShort, f64x2: emitShort });
  const row: MathFunction<Names> = mathFunction(name, parameters, {
    f64x2: emit,
    f32x4: inHalves(({ module }, args) => call((short ?? row).f64x2(module), args)),
  });
  return row;
}

/**
 * Makes the forms of a function of one argument from code that serves both shapes.
 *
 * @param emitSingle the code for four single-precision lanes, if it is another
 */
export function unaryFunction(
  name: string,
  emit: (scope: MathScope, x: Expr<"v128">) => Expr<"v128">,
  emitSingle?: Emitter<"x">,
): MathFunction {
  const emitNamed: Emitter<"x"> = (scope, { x }) => emit(scope, x);
  return mathFunction(name, ["x"], { f32x4: emitSingle ?? emitNamed, f64x2: emitNamed });
}
