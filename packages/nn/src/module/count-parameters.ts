import { expectNothing, isFloat } from "@tapegrad/tensor/internal";
import { pendingOf } from "./lazy-size.ts";
import { Parameter } from "./parameter.ts";
import type { AnyModule } from "./module.ts";
import type { ModuleNode } from "./module-node.ts";
import { walk } from "./walk.ts";
import { expectModule } from "./expect-module.ts";

/** Numbers of scalars in a module, shared ones counted once. */
export interface ParameterCount {
  /** All of them. */
  readonly total: number;
  /** In parameters that require gradients. */
  readonly trainable: number;
  /** In frozen parameters and in floating-point buffers such as running statistics. */
  readonly nonTrainable: number;
}

/**
 * Counts the scalars that a module holds. Counters such as `numBatchesTracked` are left out.
 *
 * @throws {ValueError} for a lazy layer that has not been called
 * @example
 * countParameters(new BatchNorm(64)); // => { total: 256, trainable: 128, nonTrainable: 128 }
 */
export function countParameters(module: AnyModule, ...none: []): ParameterCount {
  expectNothing("countParameters", none);
  expectModule("countParameters", "module", module);
  return countIn(module);
}

/** {@link countParameters} of whatever has members; `knownOnly` passes over lazy layers, which throw otherwise. */
export function countIn(node: ModuleNode, knownOnly: boolean = false): ParameterCount {
  const seen = new Set<object>();
  let trainable = 0;
  let nonTrainable = 0;
  for (const visit of walk(node, { repeat: false })) {
    if (knownOnly && pendingOf(visit.node) !== undefined) continue;
    for (const [, value] of visit.tensors) {
      if (seen.has(value) || !isFloat(value.dtype)) continue;
      seen.add(value);
      if (value instanceof Parameter && value.requiresGrad) trainable += value.size;
      else nonTrainable += value.size;
    }
  }
  return { total: trainable + nonTrainable, trainable, nonTrainable };
}
