import type { Tensor } from "@tapegrad/tensor";
import { tensor } from "@tapegrad/tensor";
import { isFloat, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import type { Batch } from "./batch.ts";

/** How much samples of each class count: `{ 0: 1, 1: 5 }`, or a list by class; 1 for a class that is not named. */
export type ClassWeight = { readonly [label: number]: number } | readonly number[];

/** Weights by class. */
export const classWeightRange: ValueRange<ClassWeight> = {
  text: "to be weights ≥ 0 by class, such as { 0: 1, 1: 5 }",
  has: (value): value is ClassWeight =>
    (Array.isArray(value) || ranges.record.has(value)) &&
    Object.entries(value).every(([label, weight]) => /^\d+$/.test(label) && ranges.nonNegative.has(weight)),
};

/** The batch with the weights of its classes multiplied into those of its samples. */
export function withClassWeight(batch: Batch, classWeight: ClassWeight | undefined): Batch {
  if (classWeight === undefined) return batch;
  const named = Object.entries(classWeight).map(([label, weight]) => [Number(label), weight] as const);
  const classes = Math.max(-1, ...named.map(([label]) => label)) + 1;
  // One more for all that are not named.
  const table = new Float32Array(classes + 1).fill(1);
  for (const [label, weight] of named) table[label] = weight;
  const ofClass = tensor(table).indexSelect(0, labelsOf(batch.target).clamp(0, classes));
  return { ...batch, weight: batch.weight === undefined ? ofClass : batch.weight.mul(ofClass) };
}

/** The class of each sample: the target itself, or where a target of one-hot rows or probabilities is highest. */
function labelsOf(target: Tensor): Tensor {
  const [samples = 0, classes = 1] = target.shape;
  const labels = target.ndim === 2 && classes > 1 && isFloat(target.dtype) ? target.argmax({ axis: 1 }) : target;
  return labels.to("int32").reshape([samples]);
}
