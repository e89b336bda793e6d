import type { GivenFacts } from "./norm-facts.ts";

export {
  removeSpectralNorm,
  type SpectralNormed,
  type SpectralNormModuleOptions,
  withSpectralNorm as spectralNorm,
} from "./weight/spectral-norm.ts";
export { removeWeightNorm, type WeightNormed, withWeightNorm as weightNorm } from "./weight/weight-norm.ts";

/** Names of the functions of these norms. */
export type WeightNormName = "weightNorm" | "spectralNorm";

const rows: Readonly<Record<WeightNormName, GivenFacts>> = {
  weightNorm: {
    call: "norms.weightNorm(layer)",
    axes: "the weight of a layer: length and direction of every row apart",
    formula: "w = g · v / ‖v‖",
    parameters: "g, v in place of the weight",
    paper: { title: "Salimans and Kingma 2016", link: "https://arxiv.org/abs/1602.07868" },
  },
  spectralNorm: {
    call: "norms.spectralNorm(layer)",
    axes: "the weight of a layer by its largest singular value",
    formula: "w / (uᵀ·W·v)",
    parameters: "the weight",
    state: "its first singular vectors u, v",
    paper: { title: "Miyato et al. 2018", link: "https://arxiv.org/abs/1802.05957" },
  },
};

/** What is known about these norms, by the names of their functions. The default, which `export *` leaves out. */
export default rows;
