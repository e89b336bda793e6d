import type { Tensor } from "@tapegrad/tensor";
import { checkOptions, type OptionTable } from "@tapegrad/tensor/internal";
import { type ActivationFunction, resolveActivation } from "../activations/activation.ts";
import { affineTable } from "../dense/affine-parameters.ts";
import { Dense, type DenseOptions } from "../dense/dense.ts";
import { Module } from "../module/module.ts";
import type { OptionsOf } from "./options-of.ts";
import { BatchNorm, type BatchNormOptions, batchNormTable } from "./activation/batch-norm.ts";
import { LayerNorm, type LayerNormOptions, layerNormTable } from "./activation/layer-norm.ts";
import { RMSNorm, type RMSNormOptions, rmsNormTable } from "./activation/rms-norm.ts";

/** Options of the three composites that are not those of their norm. */
export interface DenseNormOptions extends Pick<DenseOptions, "bias" | "init" | "biasInit" | "generator"> {
  /** Applied last, a function or its name; none unless given. */
  readonly activation?: string | ActivationFunction | undefined;
}

/** Options of {@link DenseBatchNorm}. */
export interface DenseBatchNormOptions extends DenseNormOptions, BatchNormOptions {}

/** Options of {@link DenseLayerNorm}; `bias` is that of the dense part, `normBias` is β. */
export interface DenseLayerNormOptions extends DenseNormOptions, Omit<LayerNormOptions, "bias"> {
  /** Whether the norm has β; true unless given. */
  readonly normBias?: boolean;
}

/** Options of {@link DenseRMSNorm}; `bias` is that of the dense part, `normBias` is β. */
export interface DenseRMSNormOptions extends DenseNormOptions, Omit<RMSNormOptions, "bias"> {
  /** Whether the norm has β; false unless given. */
  readonly normBias?: boolean;
}

const denseKeys = Object.keys(affineTable) as (keyof DenseOptions)[];
/** The options of a norm under their own names; its `bias` is `normBias` here. */
const keysOf = <O extends object>(table: OptionTable<O>): Exclude<keyof O, "bias">[] =>
  Object.keys(table).filter((key) => key !== "bias") as Exclude<keyof O, "bias">[];
const [batchNormKeys, layerNormKeys, rmsNormKeys] = [
  keysOf(batchNormTable),
  keysOf(layerNormTable),
  keysOf(rmsNormTable),
];

/** The entries of `options` under `keys`. */
function pick<O extends object, K extends keyof O>(options: O, keys: readonly K[]): Pick<O, K> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => keys.includes(key as K))) as Pick<O, K>;
}

/** Dense → norm → activation; the norm is the subclass's. */
abstract class DenseNorm<N extends Module> extends Module {
  readonly dense: Dense;
  readonly norm: N;
  readonly #activation: string | ActivationFunction | undefined;
  readonly #activate: ActivationFunction | undefined;

  constructor(
    [inFeatures, outFeatures]: readonly [number, number],
    options: DenseNormOptions & Pick<DenseOptions, "dtype">,
    normKeys: readonly string[],
    makeNorm: () => N,
  ) {
    super();
    checkOptions(new.target.name, options, [...new Set(["activation", ...denseKeys, ...normKeys])]);
    const { activation } = options;
    this.#activate = activation === undefined ? undefined : resolveActivation(activation);
    this.#activation = activation;
    this.dense = new Dense(inFeatures, outFeatures, pick(options, denseKeys));
    this.norm = makeNorm();
  }

  /**
   * @param x `[..., inFeatures]`
   * @returns `[..., outFeatures]`
   */
  override forward(x: Tensor): Tensor {
    const y = this.norm.forward(this.dense.forward(x));
    return this.#activate === undefined ? y : this.#activate(y);
  }

  override details(): string {
    const activation = this.#activation;
    if (activation === undefined) return "";
    return `activation=${typeof activation === "string" ? activation : activation.name || "function"}`;
  }
}

/**
 * Dense → BatchNorm → activation. The dense bias has no effect, since the mean is subtracted: `bias: false` saves it.
 *
 * @example
 * const layer = new DenseBatchNorm(4, 8, { activation: "relu", bias: false });
 * layer.forward(randn([16, 4])).shape; // => [16, 8]
 */
export class DenseBatchNorm extends DenseNorm<BatchNorm> {
  constructor(inFeatures: number, outFeatures: number, options: DenseBatchNormOptions & OptionsOf<"BatchNorm"> = {}) {
    super(
      [inFeatures, outFeatures],
      options,
      batchNormKeys,
      () => new BatchNorm(outFeatures, pick(options, batchNormKeys)),
    );
  }
}

/**
 * Dense → LayerNorm → activation.
 *
 * @example
 * new DenseLayerNorm(4, 8, { activation: "relu" }).forward(randn([16, 4])).shape; // => [16, 8]
 */
export class DenseLayerNorm extends DenseNorm<LayerNorm> {
  constructor(inFeatures: number, outFeatures: number, options: DenseLayerNormOptions & OptionsOf<"LayerNorm"> = {}) {
    super([inFeatures, outFeatures], options, ["normBias", ...layerNormKeys], () => {
      const { normBias: bias = true } = options;
      return new LayerNorm(outFeatures, { ...pick(options, layerNormKeys), bias });
    });
  }
}

/**
 * Dense → RMSNorm → activation.
 *
 * @example
 * new DenseRMSNorm(4, 8, { activation: "relu" }).forward(randn([16, 4])).shape; // => [16, 8]
 */
export class DenseRMSNorm extends DenseNorm<RMSNorm> {
  constructor(inFeatures: number, outFeatures: number, options: DenseRMSNormOptions & OptionsOf<"RMSNorm"> = {}) {
    super([inFeatures, outFeatures], options, ["normBias", ...rmsNormKeys], () => {
      const { normBias: bias = false } = options;
      return new RMSNorm(outFeatures, { ...pick(options, rmsNormKeys), bias });
    });
  }
}
