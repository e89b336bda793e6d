/** A publication: authors and year, and where it is. */
export interface Paper {
  /** Authors and year. */
  readonly title: string;
  /** Where it can be read. */
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
  /** How it is made: `LayerNorm(shape)`. */
  readonly call: string;
  /** What is normalized over which axes, in words. */
  readonly axes: string;
  /** What it computes, such as `y = γ · x̂ + β`. */
  readonly formula: string;
  /** What it trains, with shapes. */
  readonly parameters: string;
  /** What it keeps between calls. */
  readonly state: string;
  /** Where it was published. */
  readonly paper: Paper | undefined;
  /** Which of the changes leave its output alone; undefined where it does not normalize the output of a dense layer. */
  readonly invariances: readonly Invariance[] | undefined;
}

/** What a row says: parameters and state only where there are any, invariances only where they are known. */
export type GivenFacts = Omit<NormFacts, keyof typeof unlessGiven> & Partial<NormFacts>;

/** What is known about a norm whose row does not say it. */
export const unlessGiven = { parameters: "none", state: "none", invariances: undefined } as const;
