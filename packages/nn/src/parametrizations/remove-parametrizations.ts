import { type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectNoTrace,
  expectValue,
  option,
  type OptionTable,
  quoted,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../module/buffer.ts";
import { computationOf, fixTensor } from "../module/computed-tensor.ts";
import { expectModule } from "../module/expect-module.ts";
import type { AnyModule } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import type { Original, ParametrizationList } from "./parametrization-list.ts";
import { by, type Parametrized, parametrizationsOf, settled } from "./register-parametrization.ts";

/** Options of {@link removeParametrizations}. */
export interface RemoveParametrizationsOptions {
  /** Whether the tensor keeps its present value, or becomes what it was computed from; true unless given. */
  readonly leaveParametrized?: boolean;
}

const table: OptionTable<RemoveParametrizationsOptions> = { leaveParametrized: option(ranges.flag, true) };

/**
 * Takes all parametrizations of a tensor back.
 *
 * Changes the module and returns it: the field holds a parameter or buffer again, with the present value or what it was computed
 * from, and it is the last one in the state dictionary, as in PyTorch. Where it was computed from one tensor, it is that very one.
 *
 * @throws {ValueError} when there are none, or when it was computed from several tensors and should become that
 * @throws {CompileError} while a function is traced
 * @example
 * const layer = parametrize.removeParametrizations(parametrizations.weightNorm(new Dense(3, 2)), "weight");
 * Object.keys(layer.stateDict()); // => ["bias", "weight"]
 */
export function removeParametrizations<M extends AnyModule>(
  module: M,
  name: string,
  options: RemoveParametrizationsOptions = {},
): M {
  const fn = "removeParametrizations";
  const { leaveParametrized } = settleOptions(fn, options, table);
  expectModule(fn, "module", module);
  expectValue(fn, "name", name, ranges.text);
  expectNoTrace(fn, "Remove them before the call.");
  const list = parametrizationsOf(module, name);
  if (list === undefined) {
    throw new ValueError(
      `${fn}: expected a module with a parametrized ${quoted(name)}, got ${module.constructor.name}.`,
    );
  }
  const { parametrizations } = module as unknown as { readonly parametrizations: Record<string, ParametrizationList> };
  fixTensor(module, name, leaveParametrized ? left(list, list.forward().detach()) : originalIn(fn, list));
  Reflect.deleteProperty(parametrizations, name);
  if (Object.keys(parametrizations).length === 0) Reflect.deleteProperty(module, "parametrizations");
  return module;
}

/** The one tensor that another is computed from. */
function originalIn(fn: string, list: ParametrizationList): Original {
  if (list.original !== undefined) return list.original;
  throw new ValueError(
    `${fn}: expected a tensor that is computed from one when leaveParametrized is false, got one from ${list.originals().length}.`,
  );
}

/** A parameter or buffer of the present value. */
function left(list: ParametrizationList, value: Tensor): Original {
  if (list.original !== undefined) return settled(list.original, value);
  const originals = list.originals();
  if (originals[0] instanceof Buffer) return new Buffer(value.clone(), { persistent: originals[0].persistent });
  return new Parameter(value.clone(), { requiresGrad: originals.some(({ requiresGrad }) => requiresGrad) });
}

/**
 * Whether a tensor of a module is parametrized, or any where no name is given.
 *
 * @example
 * parametrize.isParametrized(parametrizations.weightNorm(new Dense(3, 2)), "weight"); // => true
 */
export function isParametrized(module: AnyModule, name?: string, ...none: []): module is AnyModule & Parametrized {
  expectNothing("isParametrized", none);
  expectModule("isParametrized", "module", module);
  if (name !== undefined) expectValue("isParametrized", "name", name, ranges.text);
  const names = name === undefined ? Object.getOwnPropertyNames(module) : [name];
  return names.some((each) => computationOf(module, each)?.by === by);
}
