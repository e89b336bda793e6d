/** A publication. */
export interface Paper {
  /** Authors and year. */
  readonly title: string;
  readonly link: string;
}

/** A change of weights or data after which the output of dense → norm is the same, without eps and bias. */
export type Invariance =
  | "scale of the weights"
  | "shift of all neurons' weights"
  | "scale of one neuron's weights"
  | "scale of the data"
  | "shift of the data"
  | "scale of one sample";

/** What is known about a norm. */
export interface NormFacts {
  /** Whether it normalizes the values that pass through, or the weight of a layer. */
  readonly kind: "activation" | "weight";
  /** How it is made: `LayerNorm(shape)`. */
  readonly call: string;
  /** What is normalized over which axes, in words. */
  readonly axes: string;
  readonly formula: string;
  readonly parameters: string;
  /** What it keeps between calls. */
  readonly state: string;
  readonly paper: Paper | undefined;
  /** Which of the changes leave its output alone; undefined where it does not normalize the output of a dense layer. */
  readonly invariances: readonly Invariance[] | undefined;
}

const none = { parameters: "none", state: "none", invariances: undefined };
const activation = { kind: "activation", ...none } as const;
const weight = { kind: "weight", ...none } as const;
const standardized = "y = γ · (x − μ) / √(σ² + ε) + β";
const everyRow: readonly Invariance[] = ["scale of the weights", "scale of the data", "scale of one sample"];
const centredRow: readonly Invariance[] = [...everyRow, "shift of all neurons' weights"];

/** Names of the norms' functions. */
export type NormName =
  | "batchNorm"
  | "layerNorm"
  | "rmsNorm"
  | "scaleNorm"
  | "adaNorm"
  | "detachNorm"
  | "groupNorm"
  | "instanceNorm"
  | "localResponseNorm"
  | "normalize"
  | "weightNorm"
  | "spectralNorm";

const rows: Readonly<Record<NormName, NormFacts>> = {
  batchNorm: {
    ...activation,
    call: "BatchNorm(features)",
    axes: "every channel over the batch and all positions",
    formula: standardized,
    parameters: "γ, β of `[features]`",
    state: "running mean and variance",
    paper: { title: "Ioffe and Szegedy 2015", link: "https://arxiv.org/abs/1502.03167" },
    invariances: ["scale of the weights", "scale of one neuron's weights", "scale of the data", "shift of the data"],
  },
  layerNorm: {
    ...activation,
    call: "LayerNorm(shape)",
    axes: "every sample over its trailing axes",
    formula: standardized,
    parameters: "γ, β of `shape`",
    paper: { title: "Ba, Kiros and Hinton 2016", link: "https://arxiv.org/abs/1607.06450" },
    invariances: centredRow,
  },
  rmsNorm: {
    ...activation,
    call: "RMSNorm(shape)",
    axes: "every sample over its trailing axes, or a part of them",
    formula: "y = γ · x / √(⟨x²⟩ + ε)",
    parameters: "γ of `shape`",
    paper: { title: "Zhang and Sennrich 2019", link: "https://arxiv.org/abs/1910.07467" },
    invariances: everyRow,
  },
  scaleNorm: {
    ...activation,
    call: "ScaleNorm(shape)",
    axes: "every sample over its trailing axes, to one length",
    formula: "y = g · x / √(Σ x² + ε)",
    parameters: "g, one number",
    paper: { title: "Nguyen and Salazar 2019", link: "https://arxiv.org/abs/1910.05895" },
    invariances: everyRow,
  },
  adaNorm: {
    ...activation,
    call: "AdaNorm(shape)",
    axes: "every sample over its trailing axes, damping what is large",
    formula: "y = C · (1 − k · x̂) · x̂",
    paper: { title: "Xu et al. 2019", link: "https://arxiv.org/abs/1911.07013" },
    invariances: centredRow,
  },
  detachNorm: {
    ...activation,
    call: "DetachNorm(shape)",
    axes: "every sample over its trailing axes, by statistics without a gradient",
    formula: "y = (x − μ) / √(σ² + ε)",
    paper: { title: "Xu et al. 2019", link: "https://arxiv.org/abs/1911.07013" },
    invariances: centredRow,
  },
  groupNorm: {
    ...activation,
    call: "GroupNorm(groups, channels)",
    axes: "every sample over groups of channels and all positions",
    formula: standardized,
    parameters: "γ, β of `[channels]`",
    paper: { title: "Wu and He 2018", link: "https://arxiv.org/abs/1803.08494" },
  },
  instanceNorm: {
    ...activation,
    call: "InstanceNorm(features)",
    axes: "every channel of every sample over its positions",
    formula: standardized,
    parameters: "none, or γ, β of `[features]`",
    state: "none, or running statistics",
    paper: { title: "Ulyanov, Vedaldi and Lempitsky 2016", link: "https://arxiv.org/abs/1607.08022" },
  },
  localResponseNorm: {
    ...activation,
    call: "LocalResponseNorm(size)",
    axes: "every value by those of neighbouring channels",
    formula: "y = x / (k + α/size · Σ x²)^β",
    paper: { title: "Krizhevsky, Sutskever and Hinton 2012", link: "https://papers.nips.cc/paper/4824" },
  },
  normalize: {
    ...activation,
    call: "functional.normalize(x)",
    axes: "vectors along one axis",
    formula: "y = x / max(‖x‖ₚ, ε)",
    paper: undefined,
    invariances: everyRow,
  },
  weightNorm: {
    ...weight,
    call: "norms.weightNorm(layer)",
    axes: "the weight of a layer: length and direction of every row apart",
    formula: "w = g · v / ‖v‖",
    parameters: "g, v in place of the weight",
    paper: { title: "Salimans and Kingma 2016", link: "https://arxiv.org/abs/1602.07868" },
  },
  spectralNorm: {
    ...weight,
    call: "norms.spectralNorm(layer)",
    axes: "the weight of a layer by its largest singular value",
    formula: "w / (uᵀ·W·v)",
    parameters: "the weight",
    state: "its first singular vectors u, v",
    paper: { title: "Miyato et al. 2018", link: "https://arxiv.org/abs/1802.05957" },
  },
};

/** A row of {@link table}. */
export interface NormRow extends NormFacts {
  /** Name of its function in `functional`. */
  readonly name: NormName;
}

/**
 * All norms as data, for documentation, comparisons and experiments.
 *
 * @example
 * const row = norms.table().find(({ name }) => name === "rmsNorm");
 * [row.kind, row.formula]; // => ["activation", "y = γ · x / √(⟨x²⟩ + ε)"]
 */
export function table(): readonly NormRow[] {
  return (Object.keys(rows) as NormName[]).map((name) => ({ name, ...rows[name] }));
}
