export { weightNorm, type WeightNormParametrizationOptions } from "./weight-norm.ts";
export { spectralNorm, type SpectralNormParametrizationOptions } from "./spectral-norm.ts";
