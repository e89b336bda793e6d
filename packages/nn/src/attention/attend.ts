import { type Shape, ShapeError, type Tensor } from "@tapegrad/tensor";
import { broadcastShapes, expectTensor, formatShape, isFloat, promote } from "@tapegrad/tensor/internal";
import { dropout } from "../dropout/dropout.ts";
import type { AttentionArguments } from "./attention-arguments.ts";
import { averageVisible, hideBlindQueries, hideUnseen, visibleKeys, visibleSoftmax } from "./visible-keys.ts";

/** What attention gives where its weights are asked for. */
export interface Attended {
  /** Averages of the values. */
  readonly output: Tensor;
  /**
   * By which the values were averaged, `[..., queries, keys]`: each row sums to 1, or is 0 where a query may look nowhere.
   * Dropped ones are 0 and the others larger, as in PyTorch.
   */
  readonly weights: Tensor;
}

/** Query, key and value. */
export interface AttentionInputs {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}

/** How well each key fits each query: `[..., queries, keys]` from `[..., queries, features]` and `[..., keys, features]`. */
export type Score = (query: Tensor, key: Tensor) => Tensor;

/** What is needed of the options of attention, completed. */
type Settled = Pick<Required<AttentionArguments>, "mask" | "causal" | "rate" | "training" | "generator">;

/**
 * Averages of values, weighted by the softmax of scores over the keys that a query may look at.
 *
 * @param mask that broadcasts to the scores: has been checked
 * @param shape of the scores
 */
export function attend(
  { query, key, value }: AttentionInputs,
  score: Score,
  shape: Shape,
  { mask, causal, rate, training, generator }: Settled,
): Attended {
  const dtype = [query, key, value].reduce((common, t) => promote(common, t.dtype), query.dtype);
  const float = isFloat(dtype) ? dtype : "float32";
  let [q, k, v] = [query.to(float), key.to(float), value.to(float)];
  const visible = visibleKeys(mask, causal, shape);
  if (visible !== undefined) {
    q = hideBlindQueries(q, visible);
    k = hideUnseen(k, visible);
    v = hideUnseen(v, visible);
  }
  let scores = score(q, k);
  if (mask !== undefined && mask.dtype !== "bool") scores = scores.add(mask.to(float));
  let weights = visible === undefined ? scores.softmax() : visibleSoftmax(scores, visible);
  if (rate !== 0) weights = dropout(weights, { rate, training, generator });
  return { output: visible === undefined ? weights.matmul(v) : averageVisible(weights, v, visible), weights };
}

/**
 * The shape of the scores.
 *
 * @throws {ShapeError} unless query, key and value fit together
 */
export function scoresOf(fn: string, inputs: AttentionInputs): Shape {
  const { query, key, value } = inputs;
  for (const [name, t] of Object.entries({ query, key, value })) {
    expectTensor(fn, name, t);
    if (t.ndim >= 2) continue;
    throw new ShapeError(`${fn}: expected ${name} of at least two axes, got shape ${formatShape(t.shape)}.`);
  }
  const [queries, features] = query.shape.slice(-2) as [number, number];
  const [keys, width] = key.shape.slice(-2) as [number, number];
  if (width !== features) {
    throw new ShapeError(`${fn}: expected a key of shape [..., ${features}], got ${formatShape(key.shape)}.`);
  }
  if (value.shape.at(-2) !== keys) {
    throw new ShapeError(`${fn}: expected a value of shape [..., ${keys}, features], got ${formatShape(value.shape)}.`);
  }
  const leading = broadcastShapes(fn, query.shape.slice(0, -2), key.shape.slice(0, -2));
  broadcastShapes(fn, leading, value.shape.slice(0, -2));
  return [...leading, queries, keys];
}
