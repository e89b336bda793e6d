import { type Tensor, tensor, type TypedArray } from "@tapegrad/tensor";
import { expectNothing, isPlainObject } from "@tapegrad/tensor/internal";
import { isTypedArray } from "./is-typed-array.ts";

/** What {@link convert} makes of a sample: every typed array of it becomes a tensor, and the rest stays. */
export type Converted<Sample> = Sample extends TypedArray
  ? Tensor
  : Sample extends Tensor | PromiseLike<unknown> | ((...args: never) => unknown)
    ? Sample
    : Sample extends object
      ? { -readonly [Key in keyof Sample]: Converted<Sample[Key]> }
      : Sample;

/**
 * A sample with tensors in place of its typed arrays, also of those in lists and plain records; nothing else changes, and
 * no axis is added. It is what a `DataLoader` with `batchSize: null` does unless it has a `collate`.
 *
 * @param sample anything
 * @example
 * const [x, label] = convert([Int32Array.of(1, 2), "a"] as const);
 * x.dtype; // => "int32"
 * label; // => "a"
 */
export function convert<const Sample>(sample: Sample, ...none: []): Converted<Sample> {
  expectNothing("convert", none);
  return convertAny(sample) as Converted<Sample>;
}

function convertAny(value: unknown): unknown {
  if (isTypedArray(value)) return tensor(value);
  if (Array.isArray(value)) return value.map(convertAny);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, convertAny(each)]));
}
