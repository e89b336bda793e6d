import { ShapeError, ValueError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import { expectTensor } from "../tensor/expect-tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { rand } from "./distributions.ts";
import type { Generator } from "./generator.ts";

/** Throws unless the last axis of `x` has classes to choose from. */
export function expectClasses(fn: string, name: string, x: unknown): asserts x is Tensor {
  expectTensor(fn, name, x);
  if (x.ndim === 0 || x.shape.at(-1) === 0) {
    throw new ShapeError(
      `${fn}: expected ${name} with at least one class along the last axis, got shape ${formatShape(x.shape)}.`,
    );
  }
}

/** Weights as float64, outside of the graph, once each is known to be a finite number ≥ 0 and each row to have one > 0. */
export function checkedWeights(fn: string, name: string, weights: Tensor): Tensor {
  expectElements(weights, {
    within: [[0, Number.MAX_VALUE]],
    error: (weight) => new ValueError(`${fn}: expected ${name} to be finite and ≥ 0, got ${weight}.`),
  });
  const wide = weights.detach().to("float64");
  expectElements(wide.sum({ axis: -1 }), {
    within: [[Number.MIN_VALUE, Number.MAX_VALUE]],
    error: (sum) => new ValueError(`${fn}: expected ${name} with a finite sum > 0 in each row, got ${sum}.`),
  });
  return wide;
}

/** Throws unless the largest logit of each row is finite; −∞ rules a class out. */
export function checkLogits(fn: string, logits: Tensor): void {
  expectElements(logits.detach().max({ axis: -1 }), {
    within: [[-Number.MAX_VALUE, Number.MAX_VALUE]],
    error: (most) => new ValueError(`${fn}: expected logits with a finite largest one in each row, got ${most}.`),
  });
}

/**
 * Classes drawn independently: `[...shape, ...weights.shape without the last]`, int32. The class is the first whose
 * cumulative weight exceeds a uniform part of the sum, so that one of weight 0 never comes.
 *
 * @param weights {@link checkedWeights}
 */
export function drawByWeight(weights: Tensor, shape: Shape, generator: Generator | undefined): Tensor {
  const batch = weights.shape.slice(0, -1);
  // Of the largest: a part of a sum below 2⁻¹⁰²² may round to all of it, and no cumulative weight exceeds that.
  const cumulative = weights.div(weights.max({ axis: -1, keepDims: true })).cumsum({ axis: -1 }); // [...batch, classes]
  const total = cumulative.slice(...batch.map((): [] => []), -1);
  const at = rand([...shape, ...batch], { dtype: "float64", generator }).mul(total);
  return cumulative.le(at.unsqueeze(-1)).sum({ axis: -1 });
}
