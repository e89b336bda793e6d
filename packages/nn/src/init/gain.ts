import { expectNothing, expectValue, ranges, resolveName, type ValueRange } from "@tapegrad/tensor/internal";

// Functions of the slope for the one that has a slope.
const gains = {
  linear: (): number => 1,
  conv1d: (): number => 1,
  conv2d: (): number => 1,
  conv3d: (): number => 1,
  convTranspose1d: (): number => 1,
  convTranspose2d: (): number => 1,
  convTranspose3d: (): number => 1,
  sigmoid: (): number => 1,
  tanh: (): number => 5 / 3,
  relu: (): number => Math.SQRT2,
  leakyRelu: (slope: number): number => Math.sqrt(2 / (1 + slope * slope)),
  selu: (): number => 3 / 4,
};

/** Activations with a recommended gain. */
export type Nonlinearity = keyof typeof gains;

/** A word of which {@link gain} says whether it is known. */
export const nonlinearityName: ValueRange<Nonlinearity> = {
  text: "to be a name",
  has: (value): value is Nonlinearity => typeof value === "string",
};

/**
 * Factor by which weights before an activation are scaled so that signals keep their spread;
 * for `leakyRelu` it is `√(2 / (1 + slope²))`.
 *
 * @param slope negative slope of `leakyRelu`, 0.01 unless given
 * @throws {ValueError} for an activation without a recommended gain, and for a slope that is no finite number
 * @example
 * gain("tanh"); // => 1.6666666666666667
 */
export function gain(nonlinearity: Nonlinearity, slope: number = 0.01, ...none: []): number {
  expectNothing("gain", none);
  expectValue("gain", "slope", slope, ranges.finite);
  return resolveName<(slope: number) => number>("gain", undefined, gains, nonlinearity)(slope);
}
