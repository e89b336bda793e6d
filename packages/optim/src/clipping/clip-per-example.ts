import { ShapeError, stack, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensors,
  expectValue,
  formatShape,
  ranges,
  sizeOf,
  withGradMode,
} from "@tapegrad/tensor/internal";

/** What {@link clipPerExample} gives. */
export interface PerExampleGradients {
  /** The clipped gradients, added up over the examples. */
  readonly sums: readonly Tensor[];
  /** How many examples were clipped, an int32 tensor of no axes. */
  readonly clipped: Tensor;
}

/**
 * Limits the gradient of each example by itself, and adds them up: what one example can change is bounded, as private
 * training needs before it adds noise.
 *
 * `sum = Σᵢ gᵢ / max(1, ‖gᵢ‖ / maxNorm)`, where `‖gᵢ‖` is the norm of all parameters' gradients for example `i`
 *
 * Norms are float64; sums have the dtypes of the gradients.
 *
 * @param grads for each parameter its gradients, stacked along a first axis of examples: `[examples, ...shape]`
 * @param maxNorm largest norm to keep, in units of the gradient
 * @throws {ValueError} for no gradients or a `maxNorm` that is not positive
 * @throws {ShapeError} unless all have the same number of examples
 * @see Abadi et al., Deep Learning with Differential Privacy (2016), https://arxiv.org/abs/1607.00133
 * @example
 * const weights = tensor([[3, 0], [0.3, 0]]); // of two examples
 * const biases = tensor([[4], [0.4]]);
 * const { sums, clipped } = clipPerExample([weights, biases], 1);
 * sums.map((sum) => sum.toArray()); // => [[0.9, 0], [1.2]]
 * clipped.item(); // => 1
 */
export function clipPerExample(grads: readonly Tensor[], maxNorm: number, ...none: []): PerExampleGradients {
  expectNothing("clipPerExample", none);
  expectTensors("clipPerExample", "grads", grads);
  expectValue("clipPerExample", "maxNorm", maxNorm, ranges.positive);
  const [first] = grads;
  if (first === undefined) throw new ValueError("clipPerExample: expected at least one gradient, got none.");
  for (const { shape, ndim } of grads) {
    if (ndim > 0 && first.ndim > 0 && shape[0] === first.shape[0]) continue;
    const examples = first.ndim === 0 ? "[examples, ...]" : `[${first.shape[0]}, ...]`;
    throw new ShapeError(`clipPerExample: expected gradients of shape ${examples}, got ${formatShape(shape)}.`);
  }
  return withGradMode(false, () => {
    const examples = first.extent(0);
    const rows = grads.map((grad) =>
      grad
        .detach()
        .to("float64")
        .reshape(examples, sizeOf(grad.shape.slice(1))),
    );
    const norms = stack(rows.map((row) => row.norm({ axis: 1 }))).norm({ axis: 0 });
    const divisors = norms.div(maxNorm).maximum(1).unsqueeze(1);
    const sums = rows.map((row, i) => {
      const { shape, dtype } = grads[i]!;
      return row.div(divisors).sum({ axis: 0 }).reshape(shape.slice(1)).to(dtype);
    });
    return { sums, clipped: norms.gt(maxNorm).sum() };
  });
}
