import type { Row, TensorSpec } from "./rows/row.ts";

/**
 * Elements of a tensor by a formula that every contender computes alike, in any language: a hash of 32 bits of the
 * tensor's number and the element's index, divided by 2³².
 *
 * @param seed the tensor's number among the row's tensors
 */
export function draw(spec: TensorSpec, seed: number): Float32Array | Int32Array {
  const length = spec.shape.reduce((product, extent) => product * extent, 1);
  const start = Math.imul(seed + 1, 0x85ebca77);
  const share = (i: number): number => {
    let hash = Math.imul(i + 1, 0x9e3779b1) ^ start;
    hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
    return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
  };
  if ("below" in spec) return Int32Array.from({ length }, (_, i) => Math.floor(share(i) * spec.below));
  return Float32Array.from({ length }, (_, i) => spec.low + (spec.high - spec.low) * share(i));
}

/** What {@link draw} gives for every tensor of a row. */
export function drawAll({
  tensors,
}: Row): Record<string, { shape: readonly number[]; data: Float32Array | Int32Array }> {
  return Object.fromEntries(
    Object.entries(tensors).map(([key, spec], seed) => [key, { shape: spec.shape, data: draw(spec, seed) }]),
  );
}
