import type { GivenFacts } from "./norm-facts.ts";
import { facts as spectralNorm } from "./weight/spectral-norm.ts";
import { facts as weightNorm } from "./weight/weight-norm.ts";

export {
  removeSpectralNorm,
  type SpectralNormed,
  type SpectralNormModuleOptions,
  withSpectralNorm as spectralNorm,
} from "./weight/spectral-norm.ts";
export { removeWeightNorm, type WeightNormed, withWeightNorm as weightNorm } from "./weight/weight-norm.ts";

/** Names of the functions of these norms. */
export type WeightNormName = "weightNorm" | "spectralNorm";

const rows: Readonly<Record<WeightNormName, GivenFacts>> = { weightNorm, spectralNorm };

/** What is known about these norms, by the names of their functions. The default, which `export *` leaves out. */
export default rows;
