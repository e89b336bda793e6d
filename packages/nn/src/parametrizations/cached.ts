import { Tensor, ValueError } from "@tapegrad/tensor";
import { activeTracer, Cell, expectFunction, expectNothing, gradMode } from "@tapegrad/tensor/internal";
import { type Member, ModuleNode } from "../module/module-node.ts";
import { collectionMembers } from "../module/walk.ts";

// In a cell: a trace depends on whether values are kept.
const caching = new Cell(false, "whether parametrized tensors are cached");

/** A value, and what it depends on. */
interface Entry {
  readonly value: Tensor;
  readonly state: readonly unknown[];
}

let entries = new WeakMap<object, Entry>();

/**
 * Runs a function in which each parametrized tensor is computed once, and again only when something that it is computed from has
 * changed. A compiled function that is called in it keeps values of its own.
 *
 * Without it each reading computes: a recurrent layer that reads its weight at every step may want it.
 *
 * @param body what runs; not async, since the cache ends when it returns
 * @returns what `body` returns
 * @throws {ValueError} for a function that gives a promise
 * @example
 * const layer = parametrizations.weightNorm(new Dense(3, 2));
 * parametrize.cached(() => layer.weight === layer.weight); // => true
 * layer.weight === layer.weight; // => false
 */
export function cached<Result>(body: () => Result, ...none: []): Result {
  expectNothing("cached", none);
  expectFunction("cached", "body", body);
  const outer = caching.get();
  caching.set(true);
  try {
    const result = body();
    if (result instanceof Promise) {
      throw new ValueError("cached: expected a function that is done when it returns, got one that gives a promise.");
    }
    return result;
  } finally {
    caching.set(outer);
    if (!outer) entries = new WeakMap();
  }
}

/** What `compute` gives for the parts of a node, or gave in {@link cached} while they were the same. */
export function cachedValue(node: ModuleNode, compute: () => Tensor): Tensor {
  if (!caching.get()) return compute();
  const known = entries.get(node);
  if (known !== undefined) {
    const state = stateOf(node);
    if (state.length === known.state.length && state.every((part, i) => part === known.state[i])) return known.value;
  }
  const value = compute();
  // Afterwards: what computing it has changed itself is no change.
  entries.set(node, { value, state: stateOf(node) });
  return value;
}

/** Of a node and all inside: whatever fields, cells and collections hold, and the versions of tensors. */
function stateOf(node: ModuleNode): readonly unknown[] {
  const state: unknown[] = [activeTracer(), gradMode.enabled];
  const holders = new Set<unknown>([node]);
  for (const holder of holders) {
    if (holder instanceof ModuleNode) state.push(Reflect.get(holder, "training"));
    for (const [, member] of contentsOf(holder)) {
      const value: unknown = member instanceof Cell ? member.get() : member;
      state.push(value);
      if (value instanceof Tensor) state.push(value.storage.version, value.requiresGrad);
      else holders.add(value);
    }
  }
  return state;
}

function contentsOf(holder: unknown): readonly Member[] {
  if (holder instanceof ModuleNode) return [...Object.entries(holder), ...holder.members()];
  return collectionMembers(holder) ?? [];
}
