import { Tensor, ValueError } from "@tapegrad/tensor";
import { isPlainObject, quoted } from "@tapegrad/tensor/internal";
import { metadataKey } from "../safetensors/header.ts";
import { recordOf } from "../safetensors/record-of.ts";
import type { Refuse } from "../safetensors/refuse.ts";

/** Levels that a state may have: far more than any has, and far fewer than calls can be nested. */
const deepest = 100;

/** Numbers that JSON does not have, by the words that stand for them. */
const words: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

/** What stands in JSON in place of a tensor or of a number that JSON does not have. Keys of states that begin alike get one `$` more. */
const [tensorTag, numberTag] = ["$tensor", "$number"] as const;

/** States taken apart. */
export interface TakenApart {
  /** The tensors, by names that tell where they stood: `optimizer.state.0.exp_avg`. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** The rest, as `JSON.stringify` takes it. */
  readonly rest: unknown;
}

/**
 * Takes states apart into tensors and JSON.
 *
 * A tensor's name is the path of keys to it, joined by dots. Keys may contain dots; where two paths are the same then, the
 * later ones get `#2`, `#3` and so on.
 *
 * @throws {ValueError} for what is no state, with its path
 */
export function takeApart(fn: string, states: Readonly<Record<string, unknown>>): TakenApart {
  const tensors = new Map<string, Tensor>();
  const nameFor = (path: string): string => {
    let name = path;
    for (let i = 2; tensors.has(name) || name === metadataKey; i++) name = `${path}#${i}`;
    return name;
  };
  const apart = (value: unknown, path: string, depth: number): unknown => {
    if (value instanceof Tensor) {
      const name = nameFor(path);
      tensors.set(name, value);
      return { [tensorTag]: name };
    }
    if (typeof value === "number")
      return JSON.stringify(value) === wordOf(value) ? value : { [numberTag]: wordOf(value) };
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (depth === deepest) throw new ValueError(`${fn}: expected at most ${deepest} levels, got more at ${path}.`);
    const inside = (key: string | number, inner: unknown): unknown =>
      apart(inner, path === "" ? String(key) : `${path}.${key}`, depth + 1);
    if (Array.isArray(value)) return Array.from(value, (inner, i) => inside(i, inner));
    if (isPlainObject(value)) {
      const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
      return recordOf(entries.map(([key, inner]) => [escaped(key), inside(key, inner)]));
    }
    throw new ValueError(
      `${fn}: expected ${path} to be of tensors, numbers, strings, booleans, null, lists and plain objects, got ${quoted(value)}.`,
    );
  };
  return { rest: apart(states, "", 0), tensors: recordOf(tensors) };
}

function wordOf(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function escaped(key: string): string {
  return key.startsWith("$") ? `$${key}` : key;
}

/**
 * Puts together what {@link takeApart} took apart. Objects have no prototype, so that every key is harmless.
 *
 * @throws {FormatError} made by `refuse`, unless each tensor has one place
 */
export function putTogether(rest: unknown, tensors: Readonly<Record<string, Tensor>>, refuse: Refuse): unknown {
  const left = new Map(Object.entries(tensors));
  const together = (value: unknown, depth: number): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const entries = Array.isArray(value) ? [] : Object.entries(value);
    const [tag, tagged] = (entries.length === 1 && entries[0]) || [];
    if (tag === tensorTag) return take(tagged);
    if (tag === numberTag) return numberOf(tagged, refuse);
    if (depth === deepest) throw refuse("the state", `to have at most ${deepest} levels`, "more");
    if (Array.isArray(value)) return value.map((inner) => together(inner, depth + 1));
    return recordOf(entries.map(([key, inner]) => [unescaped(key, refuse), together(inner, depth + 1)]));
  };
  const take = (name: unknown): Tensor => {
    const tensor = typeof name === "string" ? left.get(name) : undefined;
    if (tensor === undefined) throw refuse("the state", "to name tensors of the file, each once", quoted(name));
    left.delete(name as string);
    return tensor;
  };
  const whole = together(rest, 0);
  const [unnamed] = left.keys();
  if (unnamed !== undefined)
    throw refuse("the state", "to name each tensor of the file", `none for ${quoted(unnamed)}`);
  return whole;
}

function numberOf(word: unknown, refuse: Refuse): number {
  const value = typeof word === "string" ? words.get(word) : undefined;
  if (value === undefined)
    throw refuse("the state", `to have one of ${[...words.keys()].join(", ")} as number`, quoted(word));
  return value;
}

function unescaped(key: string, refuse: Refuse): string {
  if (!key.startsWith("$")) return key;
  if (!key.startsWith("$$"))
    throw refuse("the state", `to have ${tensorTag} and ${numberTag} alone in objects`, quoted(key));
  return key.slice(1);
}
