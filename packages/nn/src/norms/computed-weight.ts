import { type Shape, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectNoTrace, normalizeAxis } from "@tapegrad/tensor/internal";
import { TransposedConvolution } from "../convolution/conv-transpose.ts";
import { type Computation, computationOf, computeTensor, fixTensor } from "../module/computed-tensor.ts";
import type { AnyModule } from "../module/module.ts";
import { expectNoRules, Parameter } from "../module/parameter.ts";
import { expectModule } from "../module/expect-module.ts";
import { otherAxes } from "./channels.ts";

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
  return expectNoRules(fn, weightParameter(fn, module));
}

/** The axis of a module's weight with an entry for each output: 1 for transposed convolutions and 0 for others. */
export function outputAxis(module: AnyModule): number {
  return module instanceof TransposedConvolution ? 1 : 0;
}

/** The axes of what belongs to one entry of `axis`: all others. */
export function axesBut(fn: string, weight: Tensor, axis: number): number[] {
  return otherAxes(weight, [normalizeAxis(fn, axis, weight.ndim)]);
}

/** The shape of what there is one of for each entry that `axes` leave: their extents are 1. */
export function lengthsShape(weight: Tensor, axes: readonly number[]): Shape {
  return weight.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
}

/** How a weight is computed from fields of its module. */
export interface WeightComputation<Fields> extends Pick<Computation, "by" | "beforeForward" | "beforeLoad"> {
  /** The field with the parameter that was the weight. */
  readonly origin: keyof Fields & string;
  readonly compute: (fields: Fields) => Tensor;
}

/** Gives a module fields, and in place of its weight one that is computed from them whenever it is read. */
export function computeWeight<M extends Weighted, Fields extends object>(
  module: M,
  fields: Fields,
  { compute, ...rest }: WeightComputation<Fields>,
): M & Fields {
  const refuse = (): never => {
    throw new ValueError(
      `${rest.by}: expected the weight that it computes to be left alone, got another one. ` +
        `Replace ${rest.origin}, or remove ${rest.by} before.`,
    );
  };
  const computation = { ...rest, fields: Object.keys(fields) };
  computeTensor(module, "weight", computation, (self) => compute(self as Fields), refuse);
  return Object.assign(module, fields);
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
  const computation = computationOf(module, "weight");
  if (computation?.by !== by || computation.origin === undefined) {
    throw new ValueError(`${fn}: expected a module with ${by}, got ${module.constructor.name}.`);
  }
  const origin = Reflect.get(module, computation.origin) as Parameter;
  fixTensor(module, "weight", settle(module.weight.detach(), origin));
  return module;
}
