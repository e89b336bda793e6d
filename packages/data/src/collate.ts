import { ShapeError, stack, Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { expectNothing, isPlainObject, quoted, sameShape, formatShape } from "@tapegrad/tensor/internal";
import type { Collated } from "./dataset.ts";
import { isPromise } from "./is-promise.ts";
import { isTypedArray } from "./is-typed-array.ts";

/**
 * Turns a list of samples into one batch.
 *
 * Tensors are stacked along a new first axis, typed arrays too, each as the tensor that it makes; numbers become a float32
 * tensor, booleans a bool tensor, strings a list; tuples and plain records are collated field by field.
 *
 * @param samples at least one sample, all of the same form
 * @throws {ValueError} if there is no sample, or the samples differ in form
 * @example
 * const [x, label] = collate([[tensor([1, 2]), "a"], [tensor([3, 4]), "b"]]);
 * x.shape; // => [2, 2]
 * label; // => ["a", "b"]
 */
export function collate<Sample>(samples: readonly Sample[], ...none: []): Collated<Sample> {
  expectNothing("collate", none);
  if (!Array.isArray(samples)) throw new ValueError(`collate: expected a list of samples, got ${quoted(samples)}.`);
  if (samples.length === 0) throw new ValueError("collate: expected at least one sample, got none.");
  return collateAny(samples) as Collated<Sample>;
}

function collateAny(samples: readonly unknown[]): unknown {
  const [first] = samples;
  if (samples.every((each) => each instanceof Tensor)) return stack(ofOneShape(samples));
  if (samples.every(isTypedArray)) return stack(ofOneShape(samples.map((each) => tensor(each))));
  if (samples.every((each) => typeof each === "number")) return tensor([...samples]);
  if (samples.every((each) => typeof each === "boolean")) return tensor(samples.map(Number), { dtype: "bool" });
  if (samples.every((each) => typeof each === "string")) return [...samples];
  if (samples.every((each) => Array.isArray(each))) {
    const [width = 0, ...others] = samples.map((each: readonly unknown[]) => each.length);
    if (others.some((other) => other !== width)) {
      throw new ValueError(
        `collate: expected samples of ${width} parts, got one of ${others.find((n) => n !== width)}.`,
      );
    }
    return Array.from({ length: width }, (_, part) =>
      collateAny(samples.map((each: readonly unknown[]) => each[part])),
    );
  }
  if (samples.every(isPlainObject)) {
    const keys = Object.keys(first as object);
    for (const each of samples) {
      const missing = keys.find((key) => !(key in each)) ?? Object.keys(each).find((key) => !keys.includes(key));
      if (missing !== undefined) {
        throw new ValueError(`collate: expected samples with the same keys, got "${missing}" in only some of them.`);
      }
    }
    return Object.fromEntries(keys.map((key) => [key, collateAny(samples.map((each) => each[key]))]));
  }
  if (samples.some(isPromise)) {
    throw new ValueError(
      "collate: expected samples at hand, got a promise in one. Promise the whole sample, and read the loader with for await.",
    );
  }
  throw new ValueError(
    `collate: expected samples of one form, got ${[...new Set(samples.map(formOf))].join(" and ")}.` +
      " Pass your own collate function for others.",
  );
}

function ofOneShape(samples: readonly Tensor[]): readonly Tensor[] {
  const [first] = samples;
  const other = samples.find(({ shape }) => !sameShape(shape, first!.shape));
  if (other === undefined) return samples;
  throw new ShapeError(
    `collate: expected samples of one shape, got ${formatShape(first!.shape)} and ${formatShape(other.shape)}.`,
  );
}

function formOf(value: unknown): string {
  if (value instanceof Tensor) return "Tensor";
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "object" ? value.constructor.name : typeof value;
}
