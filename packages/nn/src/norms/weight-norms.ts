import { scaledDense } from "./kindred-norms.ts";
import type { GivenFacts } from "./norm-facts.ts";
import { facts as centeredCosineNorm } from "./weight/centered-cosine-norm.ts";
import { facts as centeredWeightNorm } from "./weight/centered-weight-norm.ts";
import { facts as cosineNorm } from "./weight/cosine-norm.ts";
import { facts as spectralNorm } from "./weight/spectral-norm.ts";
import { facts as modulatedConv2d } from "./weight/modulated-conv2d.ts";
import { facts as scaledWeightStandardization } from "./weight/scaled-weight-standardization.ts";
import { facts as weightNorm } from "./weight/weight-norm.ts";
import { facts as weightStandardization } from "./weight/weight-standardization.ts";

export {
  type CenteredWeightNormed,
  type CenteredWeightNormModuleOptions,
  removeCenteredWeightNorm,
  withCenteredWeightNorm as centeredWeightNorm,
} from "./weight/centered-weight-norm.ts";
export {
  removeSpectralNorm,
  type SpectralNormed,
  type SpectralNormModuleOptions,
  withSpectralNorm as spectralNorm,
} from "./weight/spectral-norm.ts";
export {
  removeScaledWeightStandardization,
  type ScaledWeightStandardizationModuleOptions,
  type ScaledWeightStandardized,
  withScaledWeightStandardization as scaledWeightStandardization,
} from "./weight/scaled-weight-standardization.ts";
export { removeWeightNorm, type WeightNormed, withWeightNorm as weightNorm } from "./weight/weight-norm.ts";
export {
  removeWeightStandardization,
  type WeightStandardizationModuleOptions,
  type WeightStandardized,
  withWeightStandardization as weightStandardization,
} from "./weight/weight-standardization.ts";

/** Names of these norms: of their functions, or of a layer. */
export type WeightNormName =
  | "weightNorm"
  | "centeredWeightNorm"
  | "weightStandardization"
  | "scaledWeightStandardization"
  | "spectralNorm"
  | "cosineNorm"
  | "centeredCosineNorm"
  | "modulatedConv2d"
  | "scaledDense";

const rows: Readonly<Record<WeightNormName, GivenFacts>> = {
  weightNorm,
  centeredWeightNorm,
  weightStandardization,
  scaledWeightStandardization,
  spectralNorm,
  cosineNorm,
  centeredCosineNorm,
  modulatedConv2d,
  scaledDense,
};

/** What is known about these norms, by their names. The default, which `export *` leaves out. */
export default rows;
