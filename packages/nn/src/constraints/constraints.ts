// The namespace `constraints`.
export type { LengthOptions } from "./lengths.ts";
export { maxNorm } from "./max-norm.ts";
export { minMaxNorm, type MinMaxNormOptions } from "./min-max-norm.ts";
export { nonNeg } from "./non-neg.ts";
export { unitNorm } from "./unit-norm.ts";
