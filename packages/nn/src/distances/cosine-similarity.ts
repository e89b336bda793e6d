import type { Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  broadcastShapes,
  expectTensor,
  normalizeAxis,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { cosine } from "./cosine.ts";

/** Options of {@link cosineSimilarity}. */
export interface CosineSimilarityOptions {
  /** The axis of the vectors; 1 unless given. */
  readonly axis?: number;
  /** What shorter vectors are taken to be long; 1e-8 unless given. */
  readonly eps?: number;
}

const fn = "cosineSimilarity";

const table: OptionTable<CosineSimilarityOptions> = {
  axis: option(ranges.integer, 1),
  eps: option(ranges.positive, 1e-8),
};

/**
 * Cosine of the angle between vectors: `x₁·x₂ / (max(‖x₁‖, ε) · max(‖x₂‖, ε))`, from −1 to 1. Where the length of a vector
 * is below ε it has no gradient.
 *
 * @param first vectors along the axis
 * @param second vectors of a shape that broadcasts with that of `first`
 * @returns the shape of both without the axis
 * @throws {ShapeError} for shapes that do not broadcast, or an axis that they do not have
 * @example
 * cosineSimilarity(tensor([[1, 0], [3, 4]]), tensor([[0, 2], [3, 4]])).toArray(); // => [0, 1]
 * new CosineSimilarity({ axis: 0 }).forward(tensor([1, 0]), tensor([-2, 0])).item(); // => -1
 */
export function cosineSimilarity(first: Tensor, second: Tensor, options: CosineSimilarityOptions = {}): Tensor {
  expectTensor(fn, "first", first);
  expectTensor(fn, "second", second);
  const { axis, eps } = settleOptions(fn, options, table);
  const shape = broadcastShapes(fn, first.shape, second.shape);
  const along = normalizeAxis(fn, axis, shape.length);
  const [a, b] = [asFloat(first).broadcastTo(shape), asFloat(second).broadcastTo(shape)];
  return cosine(a, b, along, (squares) => squares.clamp(eps ** 2));
}

/** {@link cosineSimilarity} as a layer. */
export class CosineSimilarity extends FunctionLayer<CosineSimilarityOptions, [first: Tensor, second: Tensor]> {
  static override readonly name: string = "CosineSimilarity";

  constructor(options: CosineSimilarityOptions = {}) {
    super(cosineSimilarity, table, options);
  }
}
