import { type Tensor, ValueError } from "@tapegrad/tensor";
import { type Option, optional, type ValueRange } from "@tapegrad/tensor/internal";
import { isTypedArray } from "../is-typed-array.ts";
import { permutation } from "../samplers/permutation.ts";

/** One value for each sample: its class, or the group that it belongs to. */
export type SampleKeys = ArrayLike<number> | readonly string[] | Tensor;

/** What samples have in common. */
export interface Bonds {
  /** The class of each sample: every part gets its share of each class, to within one sample. */
  readonly stratify?: SampleKeys | undefined;
  /** The group of each sample, such as the person it is of: no group is in two parts. */
  readonly groups?: SampleKeys | undefined;
}

const keysRange: ValueRange<SampleKeys> = {
  text: "to be a list of numbers or strings",
  has: (value): value is SampleKeys => keysOf(value) !== undefined,
};

/** The option of {@link SampleKeys}. */
export const keysOption: Option<SampleKeys | undefined> = optional(keysRange);

function keysOf(value: unknown): ArrayLike<number | string> | undefined {
  const list = typeof value === "object" && value !== null && "data" in value ? value.data : value;
  if (isTypedArray(list)) return list;
  const isList = Array.isArray(list) && list.every((key) => typeof key === "string" || typeof key === "number");
  return isList ? list : undefined;
}

/**
 * The samples 0 to `length` − 1 in parts of the sizes `counts`, each once; with `stratify` or `groups`, in parts of about
 * these sizes. Which are together follows from the seed alone.
 */
export function partition(
  fn: string,
  length: number,
  counts: readonly number[],
  seed: number,
  bonds: Bonds,
): Int32Array[] {
  const { stratify, groups } = bonds;
  if (stratify !== undefined && groups !== undefined) {
    throw new ValueError(`${fn}: expected either stratify or groups, got both.`);
  }
  const order = permutation(length, seed, "split", 0);
  if (stratify !== undefined) return byClass(bundles(fn, "stratify", order, stratify), counts, length);
  if (groups !== undefined) return byGroup(fn, bundles(fn, "groups", order, groups), counts);
  return cut(order, counts);
}

/** The samples of each key, in their order. */
function bundles(fn: string, name: string, order: Int32Array, given: SampleKeys): readonly (readonly number[])[] {
  const keys = keysOf(given)!;
  if (keys.length !== order.length) {
    throw new ValueError(`${fn}: expected ${name} for each of ${order.length} samples, got ${keys.length}.`);
  }
  const byKey = new Map<number | string, number[]>();
  for (const index of order) {
    const key = keys[index]!;
    const bundle = byKey.get(key);
    if (bundle === undefined) byKey.set(key, [index]);
    else bundle.push(index);
  }
  return [...byKey.values()];
}

function cut(order: Int32Array, counts: readonly number[]): Int32Array[] {
  let start = 0;
  return counts.map((count) => order.subarray(start, (start += count)));
}

/**
 * Each class is cut by itself. Of what a class has left over, no part gets more than one sample, and those come first that
 * so far have the least of what is due to them.
 */
function byClass(classes: readonly (readonly number[])[], counts: readonly number[], length: number): Int32Array[] {
  const parts = counts.map((): number[] => []);
  const due = counts.map(() => 0);
  for (const samples of classes) {
    const shares = counts.map((count) => (count / length) * samples.length);
    // A share that is whole but for a rounding is whole.
    const given = shares.map((share) => Math.floor(share + 1e-9));
    const lacking = (part: number): number => due[part]! + shares[part]! - given[part]!;
    let left = samples.length - given.reduce((sum, count) => sum + count, 0);
    const candidates = shares.flatMap((share, part) => (share - given[part]! > 1e-9 ? [part] : []));
    for (const part of candidates.toSorted((a, b) => lacking(b) - lacking(a))) {
      if (left-- <= 0) break;
      given[part]! += 1;
    }
    let start = 0;
    given.forEach((count, part) => {
      for (const end = start + count; start < end; start++) parts[part]!.push(samples[start]!);
      due[part]! += shares[part]! - count;
    });
  }
  return parts.map((part) => Int32Array.from(part));
}

/** Large groups come first, each into the part that lacks most: no part is over its share by a whole group. */
function byGroup(fn: string, groups: readonly (readonly number[])[], counts: readonly number[]): Int32Array[] {
  const wanted = counts.filter((count) => count > 0).length;
  if (groups.length < wanted) {
    throw new ValueError(`${fn}: expected at least ${wanted} groups for as many parts, got ${groups.length}.`);
  }
  const parts = counts.map((): number[] => []);
  const lacking = [...counts];
  for (const group of groups.toSorted((a, b) => b.length - a.length)) {
    const part = lacking.indexOf(Math.max(...lacking));
    for (const index of group) parts[part]!.push(index);
    lacking[part]! -= group.length;
  }
  return parts.map((part) => Int32Array.from(part));
}

/**
 * How many samples each part has: `floor(fraction · length)`, and those left over go one each to the first parts.
 *
 * @throws {ValueError} unless `parts` are fractions that add up to 1, or counts that add up to `length`
 */
export function partCounts(fn: string, parts: readonly number[], length: number): number[] {
  if (parts.length === 0) throw new ValueError(`${fn}: expected at least one part, got none.`);
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (parts.every(Number.isInteger) && total === length) return [...parts];
  if (Math.abs(total - 1) > 1e-9) {
    throw new ValueError(
      `${fn}: expected fractions that add up to 1 or counts that add up to ${length}, got ${parts.join(" + ")}.`,
    );
  }
  // 0.29 · 100 is 28.999999999999996 in binary floating point: the small addend keeps such a part whole.
  const counts = parts.map((fraction) => Math.floor(fraction * length + 1e-9));
  let left = length - counts.reduce((sum, count) => sum + count, 0);
  for (let part = 0; left > 0; part = (part + 1) % counts.length) {
    counts[part]! += 1;
    left--;
  }
  return counts;
}
