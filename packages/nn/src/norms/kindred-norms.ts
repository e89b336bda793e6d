import { type GivenFacts, rows } from "./norm-facts.ts";

// Norms that are a part, or a use, of something else: what is known about them, which their own files cannot say.

/** The lengths of queries and keys in `MultiHeadAttention`. */
export const qkNorm: GivenFacts = {
  call: "MultiHeadAttention(features, heads, { qkScale })",
  variantOf: "multiHeadAttention",
  axes: "queries and keys of every head, to length 1",
  formula: "g·q̂·k̂",
  parameters: "g, one number",
  paper: { title: "Henry et al. 2020", link: "https://arxiv.org/abs/2010.04245" },
  invariances: rows,
  centred: false,
};

/** The activation of networks that normalize themselves. */
export const selu: GivenFacts = {
  call: "SELU()",
  axes: "no values; it draws mean and variance of what passes through many layers to 0 and 1",
  formula: "y = 1.0507… · elu(x, 1.6733…)",
  paper: { title: "Klambauer et al. 2017", link: "https://arxiv.org/abs/1706.02515" },
  invariances: [],
  centred: false,
};

/** The layer `ScaledDense`. */
export const scaledDense: GivenFacts = {
  call: "ScaledDense(in, out)",
  axes: "the sums of a dense layer, by a power of the number of inputs",
  formula: "y = x·Wᵀ / N^γ",
  parameters: "the weight",
  paper: { title: "Yu and Spiliopoulos 2022", link: "https://arxiv.org/abs/2209.01018" },
  invariances: [],
  centred: false,
};

/** The constraint `unitNorm`; as of each, the gradient is that of the weight that it has made. */
export const unitNorm: GivenFacts = {
  call: "constraints.unitNorm()",
  axes: "the weight of a layer: every row by its length",
  formula: "w / (‖w‖ + 1e-7)",
  parameters: "the weight",
  paper: { title: "Salimans and Kingma 2016", link: "https://arxiv.org/abs/1602.07868" },
  invariances: ["scale of the weights", "scale of one neuron's weights"],
  gradientInvariances: [],
  centred: false,
};

/** The constraint `maxNorm`. */
export const maxNorm: GivenFacts = {
  call: "constraints.maxNorm(max)",
  axes: "the weight of a layer: every row that is too long",
  formula: "w · min(‖w‖, max) / (‖w‖ + 1e-7)",
  parameters: "the weight",
  paper: { title: "Srivastava et al. 2014", link: "https://jmlr.org/papers/v15/srivastava14a.html" },
  invariances: [],
  centred: false,
};

/** The constraint `minMaxNorm`. */
export const minMaxNorm: GivenFacts = {
  call: "constraints.minMaxNorm()",
  axes: "the weight of a layer: every row that is too short or too long",
  formula: "w · (rate · clamp(‖w‖, min, max) + (1 − rate) · ‖w‖) / (‖w‖ + 1e-7)",
  parameters: "the weight",
  paper: undefined,
  invariances: [],
  centred: false,
};
