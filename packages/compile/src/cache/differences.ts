import { Tensor } from "@tapegrad/tensor";
import { formatShape, formatValue, isPlainObject } from "@tapegrad/tensor/internal";
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
  read: "compute with the tensor instead of reading it",
  gradient: "begin with zeroGrad",
  other: "every value has a plan of its own, so let it change seldom",
} as const;

/** Why a plan does not fit a call with such arguments. */
export function differences(
  { self: madeFor, facts, dependencies }: CachedPlan,
  self: unknown,
  now: ReadonlyMap<string, Fact>,
): Difference[] {
  const found: Difference[] = [];
  const add = (what: string, remedy: keyof typeof remedies, ...values: [before: string, now: string] | []): void => {
    found.push({ what, remedy: remedies[remedy], ...(values.length === 0 ? {} : { values }) });
  };
  const addHeld = (what: string, before: unknown, after: unknown): void => {
    const isNumber = typeof before === "number" || typeof after === "number";
    const remedy = isNumber
      ? "numberHeld"
      : before instanceof Tensor && after instanceof Tensor
        ? "tensorHeld"
        : "other";
    add(what, remedy, nameOf(before), nameOf(after));
  };
  if (madeFor !== self) add("this", "other", nameOf(madeFor), nameOf(self));
  for (const [name, fact] of facts) {
    const other = now.get(name);
    if (other === undefined || other.text === fact.text) continue;
    add(name, fact.kind === other.kind ? fact.kind : "other", fact.text, other.text);
  }
  for (const [cell, before] of dependencies.cellGuards) {
    const after = cell.get();
    if (Object.is(before, after)) continue;
    if (!isPlainObject(before) || !isPlainObject(after)) add(cell.label, "other", nameOf(before), nameOf(after));
    else
      for (const [key, value] of Object.entries(before)) {
        if (!Object.is(value, after[key])) add(`${key} of ${cell.label}`, "other", nameOf(value), nameOf(after[key]));
      }
  }
  for (const guard of dependencies.fieldGuards) {
    for (const { name, before, after } of fieldChanges(guard, Object.is)) addHeld(name, before, after);
  }
  for (const { place, part } of dependencies.placeGuards) {
    const { holder, key } = place;
    const after: unknown = holder instanceof Map ? holder.get(key) : Reflect.get(holder, key);
    if (!(holder instanceof Set) && after !== part) addHeld(`${key} of ${holder.constructor.name}`, part, after);
  }
  for (const [{ version, dtype }, before] of dependencies.dataGuards) {
    if (version !== before) add(`the elements of a captured ${dtype} tensor that it reads`, "read");
  }
  for (const { leaf, present } of dependencies.gradGuards) {
    const after = leaf["rawGrad"] !== undefined;
    if (after !== present)
      add(
        `whether a leaf of shape ${formatShape(leaf.shape)} has a gradient`,
        "gradient",
        String(present),
        String(after),
      );
  }
  for (const [{ shape, requiresGrad }, before] of dependencies.flagGuards) {
    if (requiresGrad !== before)
      add(
        `whether a tensor of shape ${formatShape(shape)} requires gradients`,
        "other",
        String(before),
        String(requiresGrad),
      );
  }
  for (const { tensor, dtype } of dependencies.captured) {
    if (tensor.dtype !== dtype)
      add(`the dtype of a captured tensor of shape ${formatShape(tensor.shape)}`, "other", dtype, tensor.dtype);
  }
  return found;
}

/** A value in a few words. */
function nameOf(value: unknown): string {
  return value instanceof Tensor ? `a tensor of shape ${formatShape(value.shape)}` : formatValue(value);
}
