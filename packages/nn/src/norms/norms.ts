export { inspectStatistics, type TracksStatistics } from "./inspect-statistics.ts";
export { type Invariance, type NormRow, type Paper, table } from "./norm-rows.ts";
export {
  type SpectralNormed,
  type SpectralNormModuleOptions,
  withSpectralNorm as spectralNorm,
} from "./weight/spectral-norm.ts";
export { type WeightNormed, withWeightNorm as weightNorm } from "./weight/weight-norm.ts";
