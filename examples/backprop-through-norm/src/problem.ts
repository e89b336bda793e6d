import { Generator, randn, type Tensor } from "tapegrad";

/** What every lesson starts from; all float64. */
export interface Problem {
  /** Inputs `[8, 5]`: 8 samples of 5 features, neither centred nor of deviation 1. */
  readonly x: Tensor;
  /** Weight γ `[5]`, not 1. */
  readonly gamma: Tensor;
  /** Bias β `[5]`, not 0. */
  readonly beta: Tensor;
  /** dL/dy `[8, 5]`: what the layers above would send down. Random, since with a sum as loss it would be constant. */
  readonly dy: Tensor;
  readonly eps: number;
}

/** Draws a problem; the same seed gives the same one. */
export function makeProblem(seed: number): Problem {
  const generator = new Generator(seed);
  const draw = (...shape: number[]): Tensor => randn(shape, { generator, dtype: "float64" });
  return {
    x: draw(8, 5).mul(2).add(3).detach(),
    gamma: draw(5).mul(0.3).add(1).detach(),
    beta: draw(5).detach(),
    dy: draw(8, 5).detach(),
    eps: 1e-5,
  };
}
