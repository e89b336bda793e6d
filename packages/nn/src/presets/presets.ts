/** Options of `BatchNorm` that frameworks disagree on. */
export interface BatchNormPreset {
  readonly eps: number;
  readonly momentum: number;
  readonly runningVariance: "unbiased" | "biased";
}

/** Options of `LayerNorm`, `GroupNorm`, `InstanceNorm` and `RMSNorm` that frameworks disagree on. */
export interface SampleNormPreset {
  readonly eps: number;
}

/**
 * Defaults of another framework: give it to a norm in place of its options, and the norm takes its own part.
 *
 * Its fields are the options of `BatchNorm`, so that it can be spread too.
 */
export class NormPreset implements BatchNormPreset {
  readonly eps: number;
  readonly momentum: number;
  readonly runningVariance: "unbiased" | "biased";
  readonly #layerNorm: SampleNormPreset;
  readonly #rmsNorm: SampleNormPreset;

  constructor(batchNorm: BatchNormPreset, layerNorm: SampleNormPreset, rmsNorm: SampleNormPreset) {
    this.eps = batchNorm.eps;
    this.momentum = batchNorm.momentum;
    this.runningVariance = batchNorm.runningVariance;
    this.#layerNorm = layerNorm;
    this.#rmsNorm = rmsNorm;
    Object.freeze(this);
  }

  /** Options for `BatchNorm`. */
  get batchNorm(): BatchNormPreset {
    return { eps: this.eps, momentum: this.momentum, runningVariance: this.runningVariance };
  }

  /** Options for `LayerNorm`. */
  get layerNorm(): SampleNormPreset {
    return this.#layerNorm;
  }

  /** Options for `GroupNorm` and `InstanceNorm`. */
  get groupNorm(): SampleNormPreset {
    return this.#layerNorm;
  }

  /** Options for `RMSNorm`. */
  get rmsNorm(): SampleNormPreset {
    return this.#rmsNorm;
  }
}

/** PyTorch's defaults, which are the defaults here. */
export const torch: NormPreset = new NormPreset(
  { eps: 1e-5, momentum: 0.1, runningVariance: "unbiased" },
  { eps: 1e-5 },
  { eps: 1e-5 },
);

/**
 * Keras' defaults: eps 1e-3 (1e-6 for RMSNorm) and a biased running variance. Keras' momentum 0.99 weighs the
 * old value; here momentum weighs the new one, hence 0.01.
 *
 * @example
 * ```ts
 * new BatchNorm(64, presets.keras).momentum; // => 0.01
 * ```
 */
export const keras: NormPreset = new NormPreset(
  { eps: 1e-3, momentum: 0.01, runningVariance: "biased" },
  { eps: 1e-3 },
  { eps: 1e-6 },
);
