import { ValueError } from "@tapegrad/tensor";

/** Activations with a recommended gain. */
export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv2d"
  | "conv3d"
  | "convTranspose1d"
  | "convTranspose2d"
  | "convTranspose3d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leakyRelu"
  | "selu";

const fixed: { readonly [N in Exclude<Nonlinearity, "leakyRelu">]: number } = {
  linear: 1,
  conv1d: 1,
  conv2d: 1,
  conv3d: 1,
  convTranspose1d: 1,
  convTranspose2d: 1,
  convTranspose3d: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: Math.SQRT2,
  selu: 3 / 4,
};

/**
 * Factor by which weights before an activation are scaled so that signals keep their spread;
 * for `leakyRelu` it is `√(2 / (1 + slope²))`.
 *
 * @param slope negative slope of `leakyRelu`, 0.01 unless given
 * @throws {ValueError} for an activation without a recommended gain
 * @example
 * ```ts
 * gain("tanh"); // => 1.6666666666666667
 * ```
 */
export function gain(nonlinearity: Nonlinearity, slope: number = 0.01): number {
  if (nonlinearity === "leakyRelu") return Math.sqrt(2 / (1 + slope * slope));
  if (!Object.hasOwn(fixed, nonlinearity)) {
    const allowed = [...Object.keys(fixed), "leakyRelu"].join(", ");
    throw new ValueError(`gain: expected one of ${allowed}, got ${String(nonlinearity)}.`);
  }
  return fixed[nonlinearity];
}
