import { ShapeError, Tensor, ValueError } from "@tapegrad/tensor";
import {
  Cell,
  expectTensor,
  expectValue,
  formatShape,
  ranges,
  resolveName,
  sameShape,
} from "@tapegrad/tensor/internal";
import { expectModule } from "./expect-module.ts";
import type { AnyModule } from "./module.ts";
import { ModuleNode } from "./module-node.ts";
import { walk } from "./walk.ts";
import { watchFields } from "./watch-fields.ts";

const fn = "functionalCall";

/** What stands where a parameter or buffer stood. */
type Replacements = ReadonlyMap<Tensor, Tensor>;

/**
 * Calls `module.forward` with other tensors in place of its parameters and buffers: the module as a function of its
 * weights. Gradients flow to the tensors that are given, and through what they were computed from. Afterwards the module
 * is as it was, also when `forward` throws.
 *
 * Those that are not named stay. A parameter that stands in several places, such as tied weights, is replaced in all of
 * them under any of its names. A buffer that `forward` assigns to, such as a running mean, is the one that was given.
 *
 * @param parameters tensors by the names of `namedParameters()` and `namedBuffers()`, or by the keys of `stateDict()`
 * @throws {ValueError} for a name that the module does not have, or two tensors for one parameter
 * @throws {ShapeError} for a tensor of another shape
 * @see Finn, Abbeel and Levine 2017, https://arxiv.org/abs/1703.03400 (a gradient step inside the loss)
 * @example
 * const layer = new Dense(2, 1, { bias: false });
 * functionalCall(layer, { weight: tensor([[3, 4]]) }, tensor([[1, 1]])).toArray(); // => [[7]]
 */
export function functionalCall<M extends AnyModule>(
  module: M,
  parameters: Readonly<Record<string, Tensor>>,
  ...inputs: Parameters<M["forward"]>
): ReturnType<M["forward"]> {
  expectModule(fn, "module", module);
  expectValue(fn, "parameters", parameters, ranges.record);
  const restore = replace(module, replacementsOf(module, parameters));
  try {
    return module.forward(...(inputs as never)) as ReturnType<M["forward"]>;
  } finally {
    restore();
  }
}

function replacementsOf(module: AnyModule, parameters: Readonly<Record<string, Tensor>>): Replacements {
  const known: Record<string, Tensor> = Object.create(null) as Record<string, Tensor>;
  for (const { path, tensors } of walk(module, { repeat: true })) {
    for (const [name, tensor] of tensors) known[[...path, name].join(".")] = tensor;
  }
  const replacements = new Map<Tensor, Tensor>();
  for (const [name, value] of Object.entries(parameters)) {
    const target = known[name] ?? resolveName(fn, undefined, known, name);
    expectTensor(fn, name, value);
    if (!sameShape(value.shape, target.shape)) {
      throw new ShapeError(
        `${fn}: expected ${name} of shape ${formatShape(target.shape)}, got ${formatShape(value.shape)}.`,
      );
    }
    if ((replacements.get(target) ?? value) !== value) {
      throw new ValueError(`${fn}: expected one tensor for a parameter that is shared, got another for ${name}.`);
    }
    replacements.set(target, value);
  }
  return replacements;
}

/** Puts the tensors in their places; gives what puts everything back. */
function replace(module: AnyModule, replacements: Replacements): () => void {
  const holders = [...holdersOf(module, replacements)];
  for (const target of replacements.keys()) {
    if (holders.some(({ parts }) => parts.includes(target))) continue;
    throw new ValueError(
      `${fn}: expected parameters in fields, arrays, Maps, Sets and plain objects that can change, got one elsewhere in ` +
        `${module.constructor.name}.`,
    );
  }
  // A trace looks at what holds the parameters before they are others for a while.
  for (const { holder } of holders) watchFields(holder);
  for (const { fill } of holders) fill((part) => replacements.get(part) ?? part);
  return () => {
    for (const { fill } of holders) fill((part) => part);
  };
}

/** What has some of the parameters among its fields or elements. */
interface Holder {
  readonly holder: object;
  readonly parts: readonly Tensor[];
  /** Puts another tensor in the place of each part. */
  readonly fill: (by: (part: Tensor) => Tensor) => void;
}

/** The holders in a module: modules, and the collections and cells in their fields. */
function* holdersOf(root: ModuleNode, replacements: Replacements): Generator<Holder> {
  const seen = new Set<object>([root]);
  for (const holder of seen) {
    const entries = entriesOf(holder);
    for (const [, value] of entries) {
      const inner: unknown = value instanceof Cell ? value.get() : value;
      if (typeof inner === "object" && inner !== null && canHold(inner)) seen.add(inner);
    }
    // What a module keeps out of sight and names itself.
    if (holder instanceof ModuleNode) {
      for (const [, member] of holder.members()) if (member instanceof ModuleNode) seen.add(member);
    }
    const places = entries.filter(
      (entry): entry is readonly [unknown, Tensor] =>
        entry[1] instanceof Tensor && replacements.has(entry[1]) && canPut(holder, entry[0]),
    );
    if (places.length > 0) yield { holder, parts: places.map(([, part]) => part), fill: fillerOf(holder, places) };
  }
}

function canHold(value: object): boolean {
  if (value instanceof ModuleNode || Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function entriesOf(holder: object): (readonly [key: unknown, value: unknown])[] {
  return holder instanceof Map || holder instanceof Set ? [...holder.entries()] : Object.entries(holder);
}

function canPut(holder: object, key: unknown): boolean {
  if (holder instanceof Map || holder instanceof Set) return true;
  return Object.getOwnPropertyDescriptor(holder, key as string)?.writable === true;
}

function fillerOf(holder: object, places: readonly (readonly [key: unknown, part: Tensor])[]): Holder["fill"] {
  if (holder instanceof Set) {
    // Its elements stay in order, which is that of their names.
    const elements: readonly unknown[] = [...(holder as Set<unknown>)];
    return (by) => {
      holder.clear();
      for (const element of elements) holder.add(element instanceof Tensor ? by(element) : element);
    };
  }
  return (by) => {
    for (const [key, part] of places) {
      if (holder instanceof Map) holder.set(key, by(part));
      else Reflect.set(holder, key as string, by(part));
    }
  };
}
