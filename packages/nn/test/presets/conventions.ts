/** What a framework does where it is not told otherwise, as its documentation says, in its own terms. */
export interface Convention {
  readonly batchNormEps: number;
  /** The weight of the old value in running statistics. */
  readonly keep: number;
  /** Whether the running variance divides by n − 1: of images, and of all else. */
  readonly unbiased: { readonly images: boolean; readonly others: boolean };
  readonly layerNormEps: number;
  readonly groupNormEps: number;
  readonly rmsNormEps: number;
  readonly negativeSlope: number;
  readonly gelu: "none" | "tanh";
}

const keras: Convention = {
  batchNormEps: 1e-3,
  keep: 0.99,
  unbiased: { images: false, others: false },
  layerNormEps: 1e-3,
  groupNormEps: 1e-3,
  rmsNormEps: 1e-6,
  negativeSlope: 0.3,
  gelu: "none",
};

export const conventions: Readonly<Record<"torch" | "keras" | "tf.keras" | "flax" | "mlx", Convention>> = {
  torch: {
    batchNormEps: 1e-5,
    keep: 0.9,
    unbiased: { images: true, others: true },
    layerNormEps: 1e-5,
    groupNormEps: 1e-5,
    rmsNormEps: 2 ** -52,
    negativeSlope: 0.01,
    gelu: "none",
  },
  keras,
  // Its kernel for images computes the unbiased variance.
  "tf.keras": { ...keras, unbiased: { images: true, others: false } },
  flax: {
    batchNormEps: 1e-5,
    keep: 0.99,
    unbiased: { images: false, others: false },
    layerNormEps: 1e-6,
    groupNormEps: 1e-6,
    rmsNormEps: 1e-6,
    negativeSlope: 0.01,
    gelu: "tanh",
  },
  mlx: {
    batchNormEps: 1e-5,
    keep: 0.9,
    unbiased: { images: true, others: true },
    layerNormEps: 1e-5,
    groupNormEps: 1e-5,
    rmsNormEps: 1e-5,
    negativeSlope: 0.01,
    gelu: "none",
  },
};
