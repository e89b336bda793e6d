export { spectralNorm, type SpectralNormed, type SpectralNormModuleOptions } from "./spectral-norm.ts";
export { weightNorm, type WeightNormed } from "./weight-norm.ts";
