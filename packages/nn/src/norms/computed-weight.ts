import { type Shape, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectNoTrace, normalizeAxis } from "@tapegrad/tensor/internal";
import { TransposedConvolution } from "../convolution/conv-transpose.ts";
import type { HookKinds } from "../module/hook-lists.ts";
import type { AnyModule } from "../module/module.ts";
import { addForwardPreHook, removeForwardPreHook } from "../module/own-hooks.ts";
import { Parameter } from "../module/parameter.ts";
import { expectModule } from "../module/expect-module.ts";

/** A module with one weight, such as `Dense`. */
export type Weighted = AnyModule & { readonly weight: Tensor };

/** The parameter that is the weight of a module; throws when there is none, or when it is computed from others. */
export function weightParameter(fn: string, module: Weighted): Parameter {
  expectModule(fn, "module", module);
  const weight: unknown = Reflect.get(module, "weight");
  if (weight instanceof Parameter) return weight;
  throw new ValueError(`${fn}: expected a module with a parameter "weight", got ${module.constructor.name}.`);
}

/** The {@link weightParameter} of a module in whose place others are trained. */
export function trainedWeight(fn: string, module: Weighted): Parameter {
  const weight = weightParameter(fn, module);
  // They would be lost: it is other parameters that are trained from now on.
  if (weight.regularizer !== undefined || weight.constraint !== undefined) {
    throw new ValueError(
      `${fn}: expected a weight without regularizer and constraint, got one with. Give them to what it is computed from.`,
    );
  }
  return weight;
}

/** The axis of a module's weight with an entry for each output: 1 for transposed convolutions and 0 for others. */
export function outputAxis(module: Weighted): number {
  return module instanceof TransposedConvolution ? 1 : 0;
}

/** The axes of what belongs to one entry of `axis`: all others. */
export function axesBut(fn: string, weight: Tensor, axis: number): number[] {
  const kept = normalizeAxis(fn, axis, weight.ndim);
  return weight.shape.map((_, i) => i).filter((i) => i !== kept);
}

/** The shape of what there is one of for each entry that `axes` leave: their extents are 1. */
export function lengthsShape(weight: Tensor, axes: readonly number[]): Shape {
  return weight.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}

/** How a weight is computed from fields of its module. */
export interface Computation<Fields> {
  /** What computes it, such as "weightNorm". */
  readonly by: string;
  /** The field with the parameter that was the weight. */
  readonly origin: keyof Fields & string;
  readonly compute: (fields: Fields) => Tensor;
  /** Runs before every `forward`. */
  readonly hook?: HookKinds["pre"];
}

/** A computation by names: what copies of a module have in common. */
interface NamedComputation extends Pick<Computation<never>, "by" | "hook"> {
  readonly origin: string;
  /** The names of all fields, which {@link restoreWeight} takes away. */
  readonly fields: readonly string[];
}

/** By the accessors of weights, which a copy of a module has too. */
const computations = new WeakMap<object, NamedComputation>();

/** Gives a module fields, and in place of its weight one that is computed from them whenever it is read. */
export function computeWeight<M extends Weighted, Fields extends object>(
  module: M,
  fields: Fields,
  { compute, ...rest }: Computation<Fields>,
): M & Fields {
  // A function with a `this`: in a copy of the module it computes from the copy's fields.
  const get = function (this: Fields): Tensor {
    return compute(this);
  };
  computations.set(get, { ...rest, fields: Object.keys(fields) });
  const set = (): never => {
    throw new ValueError(
      `${rest.by}: expected the weight that it computes to be left alone, got another one. ` +
        `Replace ${rest.origin}, or remove ${rest.by} before.`,
    );
  };
  // Not enumerable: the walk for parameters and buffers, which are those it is computed from, passes it by.
  Object.defineProperty(module, "weight", { get, set, configurable: true, enumerable: false });
  if (rest.hook !== undefined) addForwardPreHook(module, rest.hook);
  return Object.assign(module, fields);
}

/** How the weight of a module is computed; undefined where it is not. */
export function computationOf(module: object): NamedComputation | undefined {
  const get: unknown = Reflect.get(Object.getOwnPropertyDescriptor(module, "weight") ?? {}, "get");
  return typeof get === "function" ? computations.get(get) : undefined;
}

/** A new parameter for a weight that is no longer computed, frozen if the one that it was computed from is. */
function anew(value: Tensor, { requiresGrad }: Parameter): Parameter {
  return new Parameter(value.clone(), { requiresGrad });
}

/** Makes the weight that `by` computes a parameter of its present value, by `settle`; throws where there is none. */
export function restoreWeight<M extends Weighted>(
  fn: string,
  module: M,
  by: string,
  settle: (value: Tensor, origin: Parameter) => Parameter = anew,
): M {
  expectModule(fn, "module", module);
  expectNoTrace(fn, "Remove it before the call.");
  const computation = computationOf(module);
  if (computation?.by !== by) {
    throw new ValueError(`${fn}: expected a module with ${by}, got ${module.constructor.name}.`);
  }
  const value = settle(module.weight.detach(), Reflect.get(module, computation.origin) as Parameter);
  for (const field of ["weight", ...computation.fields]) Reflect.deleteProperty(module, field);
  if (computation.hook !== undefined) removeForwardPreHook(module, computation.hook);
  return Object.assign(module, { weight: value });
}
