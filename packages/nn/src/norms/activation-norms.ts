import type { GivenFacts, Invariance } from "./norm-facts.ts";

export { AdaNorm } from "./activation/ada-norm.ts";
export { BatchNorm, type BatchNormOptions } from "./activation/batch-norm.ts";
export { DetachNorm } from "./activation/detach-norm.ts";
export { GroupNorm, type GroupNormOptions } from "./activation/group-norm.ts";
export { InstanceNorm, type InstanceNormOptions } from "./activation/instance-norm.ts";
export { LayerNorm, type LayerNormOptions } from "./activation/layer-norm.ts";
export { LocalResponseNorm } from "./activation/local-response-norm.ts";
export { RMSNorm, type RMSNormOptions } from "./activation/rms-norm.ts";
export { ScaleNorm, type ScaleNormOptions } from "./activation/scale-norm.ts";

const standardized = "y = γ · (x − μ) / √(σ² + ε) + β";
const everyRow: readonly Invariance[] = ["scale of the weights", "scale of the data", "scale of one sample"];
const centredRow: readonly Invariance[] = [
  "scale of the weights",
  "scale of the data",
  "scale of one sample",
  "shift of all neurons' weights",
];

/** Names of the functions of these norms. */
export type ActivationNormName =
  | "batchNorm"
  | "layerNorm"
  | "rmsNorm"
  | "scaleNorm"
  | "adaNorm"
  | "detachNorm"
  | "groupNorm"
  | "instanceNorm"
  | "localResponseNorm"
  | "normalize";

// Without spreads, which keep bundlers from leaving it out.
const rows: Readonly<Record<ActivationNormName, GivenFacts>> = {
  batchNorm: {
    call: "BatchNorm(features)",
    axes: "every channel over the batch and all positions",
    formula: standardized,
    parameters: "γ, β of `[features]`",
    state: "running mean and variance",
    paper: { title: "Ioffe and Szegedy 2015", link: "https://arxiv.org/abs/1502.03167" },
    invariances: ["scale of the weights", "scale of one neuron's weights", "scale of the data", "shift of the data"],
  },
  layerNorm: {
    call: "LayerNorm(shape)",
    axes: "every sample over its trailing axes",
    formula: standardized,
    parameters: "γ, β of `shape`",
    paper: { title: "Ba, Kiros and Hinton 2016", link: "https://arxiv.org/abs/1607.06450" },
    invariances: centredRow,
  },
  rmsNorm: {
    call: "RMSNorm(shape)",
    axes: "every sample over its trailing axes, or a part of them",
    formula: "y = γ · x / √(⟨x²⟩ + ε)",
    parameters: "γ of `shape`",
    paper: { title: "Zhang and Sennrich 2019", link: "https://arxiv.org/abs/1910.07467" },
    invariances: everyRow,
  },
  scaleNorm: {
    call: "ScaleNorm(shape)",
    axes: "every sample over its trailing axes, to one length",
    formula: "y = g · x / √(Σ x² + ε)",
    parameters: "g, one number",
    paper: { title: "Nguyen and Salazar 2019", link: "https://arxiv.org/abs/1910.05895" },
    invariances: everyRow,
  },
  adaNorm: {
    call: "AdaNorm(shape)",
    axes: "every sample over its trailing axes, damping what is large",
    formula: "y = C · (1 − k · x̂) · x̂",
    paper: { title: "Xu et al. 2019", link: "https://arxiv.org/abs/1911.07013" },
    invariances: centredRow,
  },
  detachNorm: {
    call: "DetachNorm(shape)",
    axes: "every sample over its trailing axes, by statistics without a gradient",
    formula: "y = (x − μ) / √(σ² + ε)",
    paper: { title: "Xu et al. 2019", link: "https://arxiv.org/abs/1911.07013" },
    invariances: centredRow,
  },
  groupNorm: {
    call: "GroupNorm(groups, channels)",
    axes: "every sample over groups of channels and all positions",
    formula: standardized,
    parameters: "γ, β of `[channels]`",
    paper: { title: "Wu and He 2018", link: "https://arxiv.org/abs/1803.08494" },
  },
  instanceNorm: {
    call: "InstanceNorm(features)",
    axes: "every channel of every sample over its positions",
    formula: standardized,
    parameters: "none, or γ, β of `[features]`",
    state: "none, or running statistics",
    paper: { title: "Ulyanov, Vedaldi and Lempitsky 2016", link: "https://arxiv.org/abs/1607.08022" },
  },
  localResponseNorm: {
    call: "LocalResponseNorm(size)",
    axes: "every value by those of neighbouring channels",
    formula: "y = x / (k + α/size · Σ x²)^β",
    paper: { title: "Krizhevsky, Sutskever and Hinton 2012", link: "https://papers.nips.cc/paper/4824" },
  },
  normalize: {
    call: "functional.normalize(x)",
    axes: "vectors along one axis",
    formula: "y = x / max(‖x‖ₚ, ε)",
    paper: undefined,
    invariances: everyRow,
  },
};

/** What is known about these norms, by the names of their functions. The default, which `export *` leaves out. */
export default rows;
