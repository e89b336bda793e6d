/** A publication: authors and year, and where it is. */
export interface Paper {
  /** Authors and year. */
  readonly title: string;
  /** Where it can be read. */
  readonly link: string;
}

/**
 * A change of weights or data after which the output of a dense layer with the norm is the same, without eps and bias. A
 * shift adds one vector to the weights of all neurons or to all samples; within a neuron or a sample, one number.
 */
export type Invariance =
  | "scale of the weights"
  | "shift of all neurons' weights"
  | "scale of one neuron's weights"
  | "shift within one neuron's weights"
  | "scale of the data"
  | "shift of the data"
  | "scale of one sample"
  | "shift within one sample";

/** What is known about a norm: each fact is tested, or follows from one that is. */
export interface NormFacts {
  /** How it is made: `LayerNorm(shape)`. */
  readonly call: string;
  /** The function of which it is what an option makes; undefined where it has a function of its own. */
  readonly variantOf: string | undefined;
  /** What is normalized over which axes, in words. */
  readonly axes: string;
  /** What it computes, such as `y = γ · x̂ + β`. */
  readonly formula: string;
  /** What it trains, with shapes. */
  readonly parameters: string;
  /** What it keeps between calls. */
  readonly state: string;
  /** Whether a number added to all that it normalizes changes nothing. */
  readonly centred: boolean;
  /** What it does in evaluation: what it does in training, or something else by what it has kept. */
  readonly evaluation: "as it trains" | "by its state";
  /** Where it was published. */
  readonly paper: Paper | undefined;
  /** Which of the changes leave its output alone. */
  readonly invariances: readonly Invariance[];
  /** Whether some of what it computes is held constant for the gradient, which is then not that of the function. */
  readonly held: boolean;
  /** Which of the changes leave it alone while that is held: what its gradient tells of. All that leave it alone unless given. */
  readonly gradientInvariances: readonly Invariance[];
}

/** What is known about a norm whose row does not say it. */
export const unlessGiven = {
  variantOf: undefined,
  parameters: "none",
  state: "none",
  evaluation: "as it trains",
  held: false,
} as const;

/** What a row says: parameters and state only where there are any, of the gradient what differs from the invariances. */
export type GivenFacts = Omit<NormFacts, keyof typeof unlessGiven | "gradientInvariances"> & Partial<NormFacts>;

/** What leaves norms of every channel of a batch alone. */
export const batches: readonly Invariance[] = [
  "scale of the weights",
  "scale of one neuron's weights",
  "scale of the data",
  "shift of the data",
];

/** What leaves norms of every channel of a sample alone, over its positions. */
export const positions: readonly Invariance[] = [
  "scale of the weights",
  "scale of one neuron's weights",
  "scale of the data",
  "scale of one sample",
];

/** What leaves norms of every channel of a sample alone that subtract its mean. */
export const centredPositions: readonly Invariance[] = [...positions, "shift of the data", "shift within one sample"];

/** What leaves norms of every sample alone. */
export const rows: readonly Invariance[] = ["scale of the weights", "scale of the data", "scale of one sample"];

/** What leaves norms of every sample alone that subtract its mean. */
export const centredRows: readonly Invariance[] = [
  "scale of the weights",
  "scale of the data",
  "scale of one sample",
  "shift of all neurons' weights",
];

/** What leaves norms of every neuron's weights alone that subtract their mean. */
export const centredNeurons: readonly Invariance[] = [
  "scale of the weights",
  "scale of one neuron's weights",
  "shift within one neuron's weights",
  "shift within one sample",
];

/**
 * What a gradient is orthogonal to after a norm with an invariance, by differentiating `f(W·δ) = f(W)` and the like;
 * G is `∂L/∂W`, D is `∂L/∂X`.
 */
export const identityOf: Readonly<Record<Invariance, string>> = {
  "scale of the weights": "⟨W, G⟩ = 0",
  "shift of all neurons' weights": "Σ over neurons of G = 0",
  "scale of one neuron's weights": "⟨w_i, g_i⟩ = 0 per neuron",
  "shift within one neuron's weights": "Σ of g_i = 0 per neuron",
  "scale of the data": "⟨X, D⟩ = 0",
  "shift of the data": "Σ over samples of D = 0",
  "scale of one sample": "⟨x_k, d_k⟩ = 0 per sample",
  "shift within one sample": "Σ of d_k = 0 per sample",
};
