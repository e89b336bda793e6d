import { assign, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNoTrace,
  expectTensor,
  expectValue,
  option,
  type OptionTable,
  quoted,
  ranges,
  sameShape,
  settleOptions,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../module/buffer.ts";
import { computationOf, computeTensor } from "../module/computed-tensor.ts";
import { expectModule } from "../module/expect-module.ts";
import type { AnyModule, Module } from "../module/module.ts";
import { expectNoRules, Parameter } from "../module/parameter.ts";
import type { StateHookKinds } from "../module/state-hooks.ts";
import {
  expectLike,
  type Original,
  originalsFor,
  type Parametrization,
  ParametrizationList,
} from "./parametrization-list.ts";

/** Options of {@link registerParametrization}. */
export interface RegisterParametrizationOptions {
  /** Whether the parametrization may change shape and dtype, which is not looked at then; false unless given. */
  readonly unsafe?: boolean;
}

const table: OptionTable<RegisterParametrizationOptions> = { unsafe: option(ranges.flag, false) };

/** What {@link registerParametrization} adds to a module. */
export interface Parametrized<Name extends string = string> {
  /** How its tensors are computed, by their names. */
  readonly parametrizations: { readonly [name in Name]: ParametrizationList };
}

/** What computes such tensors, for messages. */
export const by = "a parametrization";

/** The parametrizations of one tensor of a module; undefined where it has none. */
export function parametrizationsOf(module: object, name: string): ParametrizationList | undefined {
  if (computationOf(module, name)?.by !== by) return undefined;
  return listIn(module, name);
}

/**
 * Makes a parameter or buffer of a module the output of another module, whenever it is read: of a parametrization of what it was.
 *
 * Changes the module and returns it: `parametrizations[name]` holds the parametrizations, and the tensors that are trained instead.
 * There is one, `original`, the very parameter that it was; or `original0`, `original1` and so on where `rightInverse` gives several. With a `rightInverse`
 * the value is at first what it was. A tensor that has parametrizations already gets one more, which is applied last. Assigning to the
 * field goes through `rightInverse`. The keys of the state are PyTorch's. Make the optimizer afterwards.
 *
 * @param name the field with the parameter or buffer
 * @throws {ValueError} when there is none, or when it is computed otherwise or has a regularizer or a constraint
 * @throws {ShapeError} when the parametrization changes the shape
 * @throws {DTypeError} when it changes the dtype
 * @throws {CompileError} while a function is traced
 * @example
 * class Symmetric extends Module<[x: Tensor]> {
 *   override forward(x: Tensor): Tensor {
 *     return triu(x).add(triu(x, 1).transpose());
 *   }
 * }
 * const layer = parametrize.registerParametrization(new Dense(3, 3), "weight", new Symmetric());
 * layer.weight.eq(layer.weight.transpose()).all().item(); // => 1
 * Object.keys(layer.stateDict()); // => ["bias", "parametrizations.weight.original"]
 */
export function registerParametrization<M extends AnyModule, Name extends keyof M & string>(
  module: M,
  name: Name,
  parametrization: Parametrization,
  options: RegisterParametrizationOptions = {},
): M & Parametrized<Name> {
  const fn = "registerParametrization";
  const { unsafe } = settleOptions(fn, options, table);
  return register(fn, module, name, parametrization, { unsafe });
}

/** {@link registerParametrization}, as part of another function, for states that have other keys. */
export function register<M extends AnyModule, Name extends string>(
  fn: string,
  module: M,
  name: Name,
  parametrization: Parametrization,
  { unsafe, beforeLoad }: { readonly unsafe: boolean; readonly beforeLoad?: StateHookKinds["beforeLoad"] },
): M & Parametrized<Name> {
  expectModule(fn, "module", module);
  expectValue(fn, "name", name, ranges.text);
  expectModule(fn, "parametrization", parametrization);
  expectNoTrace(fn, "Register it before the call.");
  const list = parametrizationsOf(module, name);
  if (list === undefined) add(fn, module, name, parametrization, unsafe, beforeLoad);
  else {
    if (!unsafe) expectSame(fn, parametrization, Reflect.get(module, name) as Tensor);
    list.append(parametrization);
  }
  parametrization.train(module.training);
  return module as M & Parametrized<Name>;
}

function add(
  fn: string,
  module: AnyModule,
  name: string,
  parametrization: Parametrization,
  unsafe: boolean,
  beforeLoad: StateHookKinds["beforeLoad"] | undefined,
): void {
  const value = originalOf(fn, module, name);
  const given =
    parametrization.rightInverse === undefined ? value : originalsFor(fn, [parametrization], value.detach());
  if (!unsafe)
    expectLike(fn, `what ${parametrization.constructor.name} gives`, run(parametrization, [given].flat()), value);
  const originals = Array.isArray(given)
    ? (given as readonly Tensor[]).map((part) => likewise(value, part))
    : settled(value, given as Tensor);
  const lists = (module as Partial<Parametrized>).parametrizations ?? {};
  Reflect.deleteProperty(module, name);
  Object.assign(module, { parametrizations: lists });
  Object.assign(lists, { [name]: new ParametrizationList([parametrization], originals) });
  computeTensor(
    module,
    name,
    { by, fields: [], beforeLoad },
    (self) => listIn(self, name).forward(),
    (self, next) => listIn(self, name).become(`${self.constructor.name}.${name}`, next as Tensor),
  );
}

function listIn(module: object, name: string): ParametrizationList {
  const lists: Readonly<Record<string, ParametrizationList>> = (module as Parametrized).parametrizations;
  return lists[name]!;
}

/** What a field holds that can be parametrized. */
export function originalOf(fn: string, module: AnyModule, name: string): Original {
  const computation = computationOf(module, name);
  if (computation !== undefined) {
    throw new ValueError(`${fn}: expected a parameter or buffer "${name}", got one that ${computation.by} computes.`);
  }
  const value: unknown = Object.hasOwn(module, name) ? Reflect.get(module, name) : undefined;
  if (value instanceof Parameter) return expectNoRules(fn, value);
  if (value instanceof Buffer) return value;
  throw new ValueError(
    `${fn}: expected a module with a parameter or buffer ${quoted(name)}, got ${module.constructor.name}.`,
  );
}

/** What a parametrization makes of tensors, without a gradient. */
function run(parametrization: Parametrization, inputs: readonly Tensor[]): Tensor {
  return withGradMode(false, () => (parametrization as Module).forward(...inputs));
}

/** Throws unless a further parametrization keeps shape and dtype, both ways. */
function expectSame(fn: string, parametrization: Parametrization, value: Tensor): void {
  const title = parametrization.constructor.name;
  const next = run(parametrization, [value.detach()]);
  expectLike(fn, `what ${title} gives`, next, value);
  if (parametrization.rightInverse === undefined) return;
  const back = originalsFor(fn, [parametrization], next) as Tensor;
  expectTensor(fn, `what the rightInverse of ${title} gives`, back);
  expectLike(fn, `what the rightInverse of ${title} gives`, back, value);
}

/** A parameter or buffer such as another, of other elements. */
function likewise(like: Original, value: Tensor): Original {
  const copy = value.detach().clone();
  if (like instanceof Buffer) return new Buffer(copy, { persistent: like.persistent });
  return new Parameter(copy, { requiresGrad: like.requiresGrad });
}

/** The parameter or buffer itself with a value, where it fits in; one such as it otherwise. */
export function settled(original: Original, value: Tensor): Original {
  if (value === original) return original;
  if (!sameShape(original.shape, value.shape) || original.dtype !== value.dtype) return likewise(original, value);
  assign(original, value.detach());
  return original;
}
