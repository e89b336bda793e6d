import type { AnyModule } from "@tapegrad/nn";
import { type Shape, type Tensor, ValueError } from "@tapegrad/tensor";
import { formatValue, quoted, type Storage } from "@tapegrad/tensor/internal";
import { modulesOf, type Run } from "./trace/trace-batches.ts";

/** A tensor that a function captured, by the name that it has in the file. */
export interface State {
  readonly name: string;
  readonly shape: Shape;
}

/** Captured tensors by their elements. */
export type States = ReadonlyMap<Storage, State>;

/** Names for `count` inputs or outputs: those that are given, or `word`, numbered if there are several. */
export function portNames(
  given: readonly string[] | undefined,
  option: string,
  word: string,
  count: number,
): readonly string[] {
  if (given === undefined) return count === 1 ? [word] : Array.from({ length: count }, (_, i) => `${word}_${i}`);
  if (given.length !== count || new Set(given).size !== count || given.includes("")) {
    const wanted = count === 1 ? "one name" : `${count} different names`;
    throw new ValueError(`exportOnnx: expected ${option} to be ${wanted}, got ${formatValue(given)}.`);
  }
  return given;
}

/** Throws where an output has the name of an input. */
export function expectApart(inputs: readonly string[], outputs: readonly string[]): void {
  const [both] = outputs.filter((name) => inputs.includes(name));
  if (both === undefined) return;
  throw new ValueError(`exportOnnx: expected other names for outputs than for inputs, got ${quoted(both)} for both.`);
}

/**
 * Names of the tensors that a function captured: the keys of the modules that ran, outer ones first, and `captured` for
 * what belongs to none.
 *
 * @param taken names of inputs and outputs
 */
export function stateNames(run: Run, root: AnyModule | undefined, taken: readonly string[]): States {
  const states = new Map<Storage, State>();
  const used = new Set(taken);
  const name = ({ storage, shape }: Tensor, wanted: string): void => {
    if (states.has(storage)) return;
    let free = wanted;
    for (let i = 1; used.has(free); i++) free = `${wanted}_${i}`;
    used.add(free);
    states.set(storage, { name: free, shape });
  };
  const running = modulesOf(run);
  for (const module of root === undefined ? running : [root, ...running]) {
    for (const [key, tensor] of Object.entries(module.stateDict())) name(tensor, key);
    for (const [key, buffer] of module.namedBuffers()) name(buffer, key);
  }
  for (const { tensor } of run.traced.captured) name(tensor, "captured");
  return states;
}
