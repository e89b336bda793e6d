import { chunk, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { formatShape, sameShape } from "@tapegrad/tensor/internal";
import { linear } from "../linear.ts";
import { type AttentionArguments, scaledDotProductAttention } from "./scaled-dot-product-attention.ts";

/** Weights of {@link multiHeadAttention}. */
export interface AttentionWeights {
  /** Projections of query, key and value: stacked as `[3·features, features]`, or one by one as `[features, in]`. */
  readonly inProjWeight: Tensor | readonly [query: Tensor, key: Tensor, value: Tensor];
  /** `[3·features]`; none unless given */
  readonly inProjBias?: Tensor | undefined;
  /** Projection of the joined heads, `[features, features]` */
  readonly outProjWeight: Tensor;
  /** `[features]`; none unless given */
  readonly outProjBias?: Tensor | undefined;
}

/**
 * Attention in several subspaces at once: each head attends with its own `features / heads` consecutive
 * features of the projected query, key and value; the heads are joined and projected once more.
 *
 * @param query `[..., queries, in]`
 * @param key `[..., keys, in]`
 * @param value `[..., keys, in]`
 * @param heads number of heads, a divisor of `features`
 * @param options as those of `scaledDotProductAttention`; a mask broadcasts to `[..., heads, queries, keys]`
 * @returns `[..., queries, features]`, in the promoted dtype
 * @throws {ShapeError} when shapes do not fit together
 * @throws {ValueError} when `heads` does not divide `features`
 *
 * Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 *
 * @example
 * ```ts
 * const x = tensor([[1, 2], [3, 4]]);
 * const weights = { inProjWeight: cat([zeros([4, 2]), eye(2)]), outProjWeight: eye(2) };
 * multiHeadAttention(x, x, x, 2, weights).toArray(); // => [[2, 3], [2, 3]]
 * ```
 */
export function multiHeadAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  heads: number,
  weights: AttentionWeights,
  options: AttentionArguments = {},
): Tensor {
  const features = weights.outProjWeight.shape.at(-1) ?? 0;
  checkHeads("multiHeadAttention", heads, features);
  const projected = project([query, key, value], features, weights);
  const separate = (x: Tensor): Tensor =>
    x.reshape([...x.shape.slice(0, -1), heads, features / heads]).transpose(-3, -2); // [..., heads, positions, features / heads]
  const [q, k, v] = projected.map(separate) as [Tensor, Tensor, Tensor];
  const attended = scaledDotProductAttention(q, k, v, options).transpose(-3, -2);
  const joined = attended.reshape([...attended.shape.slice(0, -2), features]); // [..., queries, features]
  return linear(joined, weights.outProjWeight, weights.outProjBias);
}

/** Throws unless `heads` divides `features`. */
export function checkHeads(fn: string, heads: number, features: number): void {
  if (!Number.isSafeInteger(heads) || heads < 1 || features % heads !== 0) {
    throw new ValueError(`${fn}: expected heads to divide ${features} features, got ${String(heads)}.`);
  }
}

/** Query, key and value under their projections; one product where all three are the same and stacked. */
function project(
  inputs: readonly [query: Tensor, key: Tensor, value: Tensor],
  features: number,
  { inProjWeight, inProjBias }: AttentionWeights,
): readonly Tensor[] {
  const fn = "multiHeadAttention";
  if (inProjBias !== undefined && !sameShape(inProjBias.shape, [3 * features])) {
    throw new ShapeError(
      `${fn}: expected inProjBias of shape [${3 * features}], got ${formatShape(inProjBias.shape)}.`,
    );
  }
  const stacked = "shape" in inProjWeight ? inProjWeight : undefined;
  if (stacked !== undefined && (stacked.ndim !== 2 || stacked.shape[0] !== 3 * features)) {
    throw new ShapeError(
      `${fn}: expected inProjWeight of shape [${3 * features}, in], got ${formatShape(stacked.shape)}.`,
    );
  }
  const [query, key, value] = inputs;
  if (stacked !== undefined && query === key && key === value) {
    return chunk(linear(query, stacked, inProjBias), 3, -1);
  }
  const matrices = "shape" in inProjWeight ? chunk(inProjWeight, 3) : inProjWeight;
  const biases = inProjBias === undefined ? [] : chunk(inProjBias, 3);
  return inputs.map((x, i) => {
    const matrix = matrices[i]!;
    if (matrix.shape[0] !== features) {
      throw new ShapeError(`${fn}: expected projections of shape [${features}, in], got ${formatShape(matrix.shape)}.`);
    }
    return linear(x, matrix, biases[i]);
  });
}
