import { ValueError } from "@tapegrad/tensor";
import { expectNoTrace, expectValue, placeError, quoted, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import type { Content } from "./content.ts";
import { snapshot } from "./snapshot.ts";

/** What a state can be loaded into: a module, an optimizer, a schedule, a loader, a generator, an average, a metric. */
export interface Restorable {
  /** Everything that it needs to go on exactly as it would have gone on. */
  stateDict(): object;
  /** Takes over what `stateDict` returned, and changes nothing where it does not fit. */
  loadStateDict(state: never): unknown;
}

/** The name under which users find the texts of the header. */
const taken = "metadata";

/**
 * The states of parts; whatever has no `stateDict` is a state itself.
 *
 * @throws {ValueError} unless `parts` is an object, and for a part that is called `metadata`
 */
export function contentOf(fn: string, parts: Readonly<Record<string, unknown>>): Pick<Content, "states" | "values"> {
  expectNoTrace(fn, "Save between the calls.");
  expectValue(fn, "parts", parts, ranges.record);
  if (Object.hasOwn(parts, taken))
    throw new ValueError(`${fn}: expected no part that is called ${taken}. Give texts as option metadata.`);
  const present = Object.entries(parts).filter(([, part]) => part !== undefined);
  const states = present.map(([name, part]) => [name, hasState(part) ? part.stateDict() : part] as const);
  const values = present.filter(([, part]) => !hasState(part)).map(([name]) => name);
  return { states: Object.fromEntries(states), values };
}

function hasState(part: unknown): part is Pick<Restorable, "stateDict"> {
  return typeof (part as Partial<Restorable> | null)?.stateDict === "function";
}

const restorable: ValueRange<Restorable> = {
  text: "to have stateDict and loadStateDict",
  has: (value): value is Restorable =>
    hasState(value) && typeof (value as Partial<Restorable>).loadStateDict === "function",
};

/** Parts by name. */
export type Restorables = Readonly<Record<string, Restorable>>;

/** Throws unless `parts` are parts that states can be loaded into. */
export function expectRestorables(fn: string, parts: Restorables): void {
  expectNoTrace(fn, "Load between the calls.");
  expectValue(fn, "parts", parts, ranges.record);
  for (const [name, part] of Object.entries(parts)) expectValue(fn, `parts[${quoted(name)}]`, part, restorable);
}

/**
 * Throws unless each part has a state, and each state a part.
 *
 * @param name what the states are from
 * @throws {ValueError} naming those that have none
 */
export function expectAllParts(fn: string, name: string, { states, values }: Content, parts: Restorables): void {
  const missing = Object.keys(parts).filter((part) => !Object.hasOwn(states, part));
  const unexpected = Object.keys(states).filter((part) => !Object.hasOwn(parts, part) && !values.includes(part));
  if (missing.length + unexpected.length === 0) return;
  throw new ValueError(
    `${fn}: expected the states of ${list(Object.keys(parts))} in ${name}, got ${missing.length} missing and ` +
      `${unexpected.length} unexpected (missing: ${list(missing)}; unexpected: ${list(unexpected)}). ` +
      "Give strict: false to load what is in both.",
  );
}

/**
 * Loads states into parts that have one: into all of them, or into none.
 *
 * From the last part to the first, since a schedule sets the rate of its optimizer, whose own state knows what it was.
 *
 * @param name what the states are from, for messages
 * @throws whatever a part throws whose state does not fit; nothing has changed then
 */
export function restore(fn: string, name: string, { states }: Content, parts: Restorables): void {
  const undo: (() => void)[] = [];
  const present = Object.entries(parts).filter(([part]) => Object.hasOwn(states, part));
  for (const [part, target] of present.reverse()) {
    const before = snapshot(target.stateDict());
    undo.push(() => target.loadStateDict(before as never));
    try {
      target.loadStateDict(states[part] as never);
    } catch (error) {
      for (const back of undo) back();
      throw error instanceof Error ? placeError(error, `${fn}, ${quoted(part)} in ${name}`) : error;
    }
  }
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => quoted(name)).join(", ");
}
