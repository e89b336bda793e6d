/** What a contender computes: name and settings of one line of the table. Sent to every contender as JSON. */
export type Row = Workload & {
  readonly name: string;
  /** Everything that a contender starts with: inputs, targets and parameters under PyTorch's keys and layouts. */
  readonly tensors: Readonly<Record<string, TensorSpec>>;
};

/** Names of the norms. */
export type NormName = "BatchNorm" | "LayerNorm" | "RMSNorm";

/** A row that is one function of tensors. */
export type StepRow = Exclude<Row, { readonly kind: "epoch" }>;

/** A row that is an epoch of many steps. */
export type EpochRow = Extract<Row, { readonly kind: "epoch" }>;

/** The kinds of rows. All but `inference`, `norm`, `matmul` and `epoch` are whole training steps with Adam, lr 1e-3. */
export type Workload =
  /** Dense layers of these sizes with norm and ReLU between; one output: binary cross-entropy, else cross-entropy. */
  | { readonly kind: "mlp"; readonly sizes: readonly number[]; readonly norm: NormName }
  /** The same network in evaluation. */
  | { readonly kind: "inference"; readonly sizes: readonly number[]; readonly norm: NormName }
  /** Twice a 5×5 convolution, BatchNorm, ReLU and a 2×2 maximum; then a dense layer. */
  | { readonly kind: "cnn"; readonly channels: readonly number[] }
  /** A causal language model: embedding, positions, encoder layers with the norm first, norm, head. */
  | { readonly kind: "transformer"; readonly features: number; readonly layers: number; readonly heads: number }
  /** The cell of Ba, Kiros and Hinton 2016 (section 3.1), then a dense layer on the last state. */
  | { readonly kind: "lstm"; readonly features: number }
  /** A GRU, then a dense layer on its last state. */
  | { readonly kind: "gru"; readonly features: number }
  /** Forward and backward of one norm with a given cotangent. */
  | { readonly kind: "norm"; readonly norm: NormName; readonly features: number }
  | { readonly kind: "matmul" }
  /** An epoch over samples in memory, in their order, with dense layers and ReLU between: by `fit`, or the same steps by hand. */
  | {
      readonly kind: "epoch";
      readonly sizes: readonly number[];
      readonly batch: number;
      readonly loop: "fit" | "hand";
    };

/** Uniform floats from `low` to `high`, or integers from 0 to `below` − 1. */
export type TensorSpec = { readonly shape: readonly number[] } & (
  | { readonly low: number; readonly high: number }
  | { readonly below: number }
);
