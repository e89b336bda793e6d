import { Tensor } from "@tapegrad/tensor";
import { isAt, type Place, placeOf, sameShape } from "@tapegrad/tensor/internal";

/** What the fields of an object, or the elements of a collection, were. */
export interface FieldGuard {
  readonly kind: "array" | "set" | "map" | "fields";
  readonly object: object;
  /** Names of fields, or keys of a Map; none of an array or a Set. */
  readonly keys: readonly unknown[];
  readonly values: readonly unknown[];
}

/** Something that stood in a field of a module, or in a collection there. */
export interface PlaceGuard {
  readonly place: Place;
  readonly part: object;
}

/** Looks at the fields of an object as they are now. */
export function fieldGuard(object: object): FieldGuard {
  if (Array.isArray(object)) return { kind: "array", object, keys: [], values: [...(object as unknown[])] };
  if (object instanceof Set) return { kind: "set", object, keys: [], values: [...(object as Set<unknown>)] };
  if (object instanceof Map) return { kind: "map", object, keys: [...object.keys()], values: [...object.values()] };
  const keys = fieldNames(object);
  return { kind: "fields", object, keys, values: keys.map((key) => Reflect.get(object, key)) };
}

function fieldNames(object: object): string[] {
  const names: string[] = [];
  for (const name in object) names.push(name);
  return names;
}

/** Whether everything is as it was, by identity: this runs in every call, for each module that a plan is made of. */
export function isUnchanged({ kind, object, keys, values }: FieldGuard): boolean {
  if (kind === "fields") return hasFields(object as Readonly<Record<string, unknown>>, keys, values);
  if (kind === "array") return sameLists(object as readonly unknown[], values);
  const { size } = object as ReadonlySet<unknown>;
  if (size !== values.length) return false;
  let i = 0;
  for (const [key, value] of (object as ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>).entries()) {
    if (!Object.is(value, values[i]) || (kind === "map" && !Object.is(key, keys[i]))) return false;
    i++;
  }
  return true;
}

function hasFields(
  object: Readonly<Record<string, unknown>>,
  keys: readonly unknown[],
  values: readonly unknown[],
): boolean {
  let i = 0;
  for (const name in object) {
    if (name !== keys[i] || !Object.is(object[name], values[i])) return false;
    i++;
  }
  return i === keys.length;
}

/** A field that holds something else than it did. */
export interface FieldChange {
  /** `rate of Dropout`. */
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What has changed in an object, by what `isSame` tells. */
export function fieldChanges(before: FieldGuard, isSame: (a: unknown, b: unknown) => boolean): FieldChange[] {
  if (isUnchanged(before)) return [];
  const after = fieldGuard(before.object);
  const owner = before.object.constructor.name;
  if (!sameLists(before.keys, after.keys)) {
    return [{ name: `what is in ${owner}`, before: before.keys, after: after.keys }];
  }
  if (before.values.length !== after.values.length) {
    return [{ name: `the length of ${owner}`, before: before.values, after: after.values }];
  }
  const names = before.keys.length === 0 ? before.values.map((_, i) => `element ${i}`) : before.keys.map(String);
  return names.flatMap((name, i) => {
    const [a, b] = [before.values[i], after.values[i]];
    return isSame(a, b) ? [] : [{ name: `${name} of ${owner}`, before: a, after: b }];
  });
}

/** Puts everything back. */
function restore(guard: FieldGuard): void {
  if (isUnchanged(guard)) return;
  const { object, keys, values } = guard;
  if (Array.isArray(object)) object.splice(0, object.length, ...(values as unknown[]));
  else if (object instanceof Map) {
    object.clear();
    keys.forEach((key, i) => object.set(key, values[i]));
  } else if (object instanceof Set) {
    object.clear();
    for (const value of values) object.add(value);
  } else {
    for (const name of fieldNames(object)) if (!keys.includes(name)) Reflect.deleteProperty(object, name);
    keys.forEach((name, i) => {
      if (!Object.is(Reflect.get(object, name as string), values[i])) Reflect.set(object, name as string, values[i]);
    });
  }
}

/** The objects whose fields a trace depends on, such as the modules that it runs. */
export class WatchedFields {
  readonly #before = new Map<object, FieldGuard>();

  /** Keeps what `object` holds before the function changes it; whether it is new. */
  watch(object: object): boolean {
    if (this.#before.has(object)) return false;
    this.#before.set(object, fieldGuard(object));
    return true;
  }

  /** What must not change between calls. */
  get guards(): FieldGuard[] {
    return [...this.#before.keys()].map(fieldGuard);
  }

  /**
   * The places of `parts` and of what is watched, as far up as they are known, unless all fields there are watched
   * anyway: for what a function takes out of a module by itself, as in `x.matmul(layer.weight)`.
   */
  placesOf(parts: readonly object[]): PlaceGuard[] {
    const guards: PlaceGuard[] = [];
    const seen = new Set<object>();
    for (let part of [...parts, ...this.#before.keys()]) {
      for (let place = placeOf(part); place !== undefined && !seen.has(part); place = placeOf(part)) {
        seen.add(part);
        if (!this.#before.has(place.holder) && isAt(place, part)) guards.push({ place, part });
        part = place.holder;
      }
    }
    return guards;
  }

  /**
   * What the function itself left otherwise than it found it, such as `calls of Net`. Tensors without values that took
   * the place of such are none, nor are copies of what was there.
   */
  get changed(): string[] {
    return [...this.#before.values()].flatMap((before) => fieldChanges(before, isEquivalent).map(({ name }) => name));
  }

  /** Puts back what the function has changed. */
  restore(): void {
    for (const before of this.#before.values()) restore(before);
  }
}

function sameLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Whether a function cannot tell `a` from `b`: the same, or fresh copies of the same. */
function isEquivalent(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Tensor && b instanceof Tensor) {
    if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) return false;
    const [x, y] = [a.storage.data, b.storage.data];
    return x === undefined || y === undefined ? x === y : x.every((value, i) => Object.is(value, y[i]));
  }
  if (!isPlain(a) || !isPlain(b)) return false;
  const [x, y] = [fieldGuard(a), fieldGuard(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    sameLists(x.keys, y.keys) &&
    x.values.length === y.values.length &&
    x.values.every((value, i) => isEquivalent(value, y.values[i]))
  );
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
