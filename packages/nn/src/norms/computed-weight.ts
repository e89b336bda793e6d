import { type Tensor, ValueError } from "@tapegrad/tensor";
import type { AnyModule } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { expectModule } from "../module/expect-module.ts";

/** A module with one weight, such as `Dense`. */
export type Weighted = AnyModule & { readonly weight: Tensor };

/** The trained weight of a module; throws when there is none, or when it is already computed from others. */
export function trainedWeight(fn: string, module: Weighted): Parameter {
  expectModule(fn, "module", module);
  const weight: unknown = Reflect.get(module, "weight");
  if (!(weight instanceof Parameter)) {
    throw new ValueError(`${fn}: expected a module with a parameter "weight", got ${module.constructor.name}.`);
  }
  return weight;
}

/** Replaces the weight of a module by one that is computed whenever it is read. */
export function computeWeight(module: Weighted, compute: () => Tensor): void {
  // Not enumerable: the walk for parameters and buffers, which are those it is computed from, passes it by.
  Object.defineProperty(module, "weight", { get: compute, configurable: true, enumerable: false });
}
