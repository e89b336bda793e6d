import { TensorDataset } from "@tapegrad/data";
import { Generator, rand, randn, type Tensor } from "@tapegrad/tensor";
import { expectValue, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type GeneratorOptions, generatorTable } from "./generator-options.ts";

/** Samples with a number each. */
export interface RegressionData {
  /** Samples, float32 `[N, features]`. */
  readonly x: Tensor;
  /** What is to be predicted, float32 `[N, 1]`. */
  readonly y: Tensor;
  /** `x` and `y` as a data set of pairs, ready to split and load. */
  readonly dataset: TensorDataset<[Tensor, Tensor]>;
}

const table = generatorTable(0);

/**
 * Points of the square −1..1 with a number that rises along its diagonal: `y = (x₁ + x₂) / 2`.
 *
 * `noise` (0 by default) is added to `y`. Coordinates and noise come from one generator, in this order.
 *
 * @param samples how many points in all
 * @returns x float32 `[samples, 2]`, y float32 `[samples, 1]`
 * @throws {ValueError} if a number is out of range or an option is unknown
 * @example
 * const { x, y } = linearPlane(50, { seed: 3 });
 * x.shape; // => [50, 2]
 * y.sub(x.mean({ axis: 1, keepDims: true })).abs().max().item() < 1e-6; // => true
 */
export function linearPlane(samples: number = 200, options: GeneratorOptions = {}): RegressionData {
  const { noise, seed } = settleOptions("linearPlane", options, table);
  expectValue("linearPlane", "samples", samples, ranges.count);
  const generator = new Generator(seed);
  const x = rand([samples, 2], { generator }).mul(2).sub(1);
  const y = x.mean({ axis: 1, keepDims: true }).add(randn([samples, 1], { generator }).mul(noise));
  return { x, y, dataset: new TensorDataset(x, y) };
}
