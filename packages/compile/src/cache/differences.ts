import { Tensor } from "@tapegrad/tensor";
import { formatShape, formatValue, isAt, isPlainObject, type Place } from "@tapegrad/tensor/internal";
import type { Dependencies } from "../trace/dependencies.ts";
import { fieldChanges } from "../trace/watched-fields.ts";
import type { Fact } from "./argument-facts.ts";
import type { CachedPlan } from "./plan-cache.ts";

/** Something that a plan was made for and that is otherwise now. */
export interface Difference {
  /** Its name: `argument 1`, `rate of Dropout`. */
  readonly what: string;
  /** What it was and what it is, if that can be said. */
  readonly values?: readonly [before: string, now: string];
  /** What to do where it changes often. */
  readonly remedy: string;
}

const remedies = {
  number: "pass it as a tensor",
  shape: "pad to one of few shapes and mask what was added",
  numberHeld: "change it seldom, or keep it in a tensor and change that by assign",
  tensorHeld: "assign to the tensor that is there",
  elements: "compute with the tensor instead of reading it",
  gradient: "begin with zeroGrad",
  other: "every value has a plan of its own, so let it change seldom",
} as const;

/** Why a plan does not fit a call with such arguments. */
export function differences(plan: CachedPlan, self: unknown, now: ReadonlyMap<string, Fact>): Difference[] {
  return [
    ...changed("this", plan.self, self, "other"),
    ...argumentDifferences(plan.facts, now),
    ...stateDifferences(plan.dependencies),
  ];
}

function* argumentDifferences(
  facts: ReadonlyMap<string, Fact>,
  now: ReadonlyMap<string, Fact>,
): Generator<Difference, void> {
  for (const [what, { text, kind }] of facts) {
    const other = now.get(what);
    if (other === undefined || other.text === text) continue;
    yield { what, values: [text, other.text], remedy: remedies[kind === other.kind ? kind : "other"] };
  }
}

/** What the state that a trace depends on has become, in the order in which it is compared before a call. */
function* stateDifferences(dependencies: Dependencies): Generator<Difference, void> {
  const { cellGuards, fieldGuards, placeGuards, dataGuards, gradGuards, flagGuards, captured } = dependencies;
  for (const [cell, before] of cellGuards) yield* cellDifferences(cell.label, before, cell.get());
  for (const guard of fieldGuards) {
    for (const { name, before, after } of fieldChanges(guard, Object.is)) yield* changed(name, before, after);
  }
  for (const { place, part } of placeGuards) {
    if (!isAt(place, part)) yield* changed(`${place.key} of ${place.holder.constructor.name}`, part, heldAt(place));
  }
  for (const [{ version, dtype }, before] of dataGuards) {
    if (version === before) continue;
    yield { what: `the elements of a captured ${dtype} tensor that it reads`, remedy: remedies.elements };
  }
  for (const { leaf, present } of gradGuards) {
    const isPresent = leaf["rawGrad"] !== undefined;
    if (isPresent === present) continue;
    yield* changed(`whether ${ofShape("a leaf", leaf)} has a gradient`, present, isPresent, "gradient");
  }
  for (const [tensor, before] of flagGuards) {
    if (tensor.requiresGrad === before) continue;
    yield* changed(`whether ${ofShape("a tensor", tensor)} requires gradients`, before, tensor.requiresGrad, "other");
  }
  for (const { tensor, dtype } of captured) {
    if (tensor.dtype === dtype) continue;
    yield* changed(`the dtype of ${ofShape("a captured tensor", tensor)}`, dtype, tensor.dtype, "other");
  }
}

function* cellDifferences(label: string, before: unknown, after: unknown): Generator<Difference, void> {
  if (!isPlainObject(before) || !isPlainObject(after)) yield* changed(label, before, after, "other");
  else for (const key in before) yield* changed(`${key} of ${label}`, before[key], after[key], "other");
}

function* changed(
  what: string,
  before: unknown,
  after: unknown,
  remedy: keyof typeof remedies = remedyOf(before, after),
): Generator<Difference, void> {
  if (!Object.is(before, after)) yield { what, values: [nameOf(before), nameOf(after)], remedy: remedies[remedy] };
}

/** What to do about a field. */
function remedyOf(before: unknown, after: unknown): keyof typeof remedies {
  if (typeof before === "number" || typeof after === "number") return "numberHeld";
  return before instanceof Tensor && after instanceof Tensor ? "tensorHeld" : "other";
}

function heldAt({ holder, key }: Place): unknown {
  return holder instanceof Map ? holder.get(key) : Reflect.get(holder, key);
}

/** A value in a few words. */
function nameOf(value: unknown): string {
  return value instanceof Tensor ? ofShape("a tensor", value) : formatValue(value);
}

function ofShape(what: string, { shape }: Tensor): string {
  return `${what} of shape ${formatShape(shape)}`;
}
