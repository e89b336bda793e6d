/**
 * Probability distributions: to draw from, and to differentiate through.
 *
 * @module
 */
export { Bernoulli } from "./bernoulli.ts";
export { Categorical } from "./categorical.ts";
export { Distribution, ReparameterizedDistribution } from "./distribution.ts";
export { klDivergence } from "./kl-divergence.ts";
export { Normal } from "./normal.ts";
export type { LogitsOrProbs } from "./logits-or-probs.ts";
export { Uniform } from "./uniform.ts";
