import { type AnyModule, Module } from "@tapegrad/nn";
import { ValueError } from "@tapegrad/tensor";
import { formatValue, type Storage } from "@tapegrad/tensor/internal";
import type { Trace } from "@tapegrad/compile/internal";

/** Names for `count` inputs or outputs: those that are given, or `word`, numbered if there are several. */
export function portNames(
  given: readonly string[] | undefined,
  option: string,
  word: string,
  count: number,
): readonly string[] {
  if (given === undefined) return count === 1 ? [word] : Array.from({ length: count }, (_, i) => `${word}_${i}`);
  if (given.length !== count || new Set(given).size !== count || given.includes("")) {
    throw new ValueError(`exportOnnx: expected ${option} to be ${count} different names, got ${formatValue(given)}.`);
  }
  return given;
}

/** Throws where an output has the name of an input. */
export function expectApart(inputs: readonly string[], outputs: readonly string[]): void {
  const [both] = outputs.filter((name) => inputs.includes(name));
  if (both === undefined) return;
  throw new ValueError(`exportOnnx: expected other names for outputs than for inputs, got ${formatValue(both)} for both.`);
}

/**
 * Names of the tensors that a function captured: the keys of the modules that ran, outer ones first, and `captured` for
 * what belongs to none.
 *
 * @param taken names of inputs and outputs
 */
export function stateNames(
  traced: Trace,
  root: AnyModule | undefined,
  taken: readonly string[],
): ReadonlyMap<Storage, string> {
  const names = new Map<Storage, string>();
  const used = new Set(taken);
  const name = (storage: Storage, wanted: string): void => {
    if (names.has(storage)) return;
    let free = wanted;
    for (let i = 1; used.has(free); i++) free = `${wanted}_${i}`;
    used.add(free);
    names.set(storage, free);
  };
  const running = traced.fieldGuards.flatMap(({ object }) => (object instanceof Module ? [object as AnyModule] : []));
  for (const module of root === undefined ? running : [root, ...running]) {
    for (const [key, { storage }] of Object.entries(module.stateDict())) name(storage, key);
    for (const [key, { storage }] of module.namedBuffers()) name(storage, key);
  }
  for (const { tensor } of traced.captured) name(tensor.storage, "captured");
  return names;
}
