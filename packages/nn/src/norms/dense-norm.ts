import type { Tensor } from "@tapegrad/tensor";
import { checkOptions, expectNothing, expectValue, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import {
  activate,
  type ActivationFunction,
  type ActivationName,
  type ActivationOption,
  activationRow,
  givenActivation,
} from "../activations/activation.ts";
import { affineTable, type WeightRules } from "../dense/affine-parameters.ts";
import { Dense } from "../dense/dense.ts";
import type { DenseOptions } from "../dense/dense-layer.ts";
import { Module } from "../module/module.ts";
import type { OptionsOf } from "../module/options-of.ts";
import { BatchNorm, type BatchNormOptions, batchNormTable } from "./activation/batch-norm.ts";
import { LayerNorm, type LayerNormOptions, layerNormTable } from "./activation/layer-norm.ts";
import { RMSNorm, type RMSNormOptions, rmsNormTable } from "./activation/rms-norm.ts";

/** Options of the three composites that are not those of their norm. */
export interface DenseNormOptions
  extends ActivationOption, WeightRules, Pick<DenseOptions, "bias" | "init" | "biasInit" | "generator"> {}

/** Options of {@link DenseBatchNorm}. */
export interface DenseBatchNormOptions extends DenseNormOptions, BatchNormOptions {}

/** Options of {@link DenseLayerNorm}; `bias` is that of the dense part, `normBias` is β. */
export interface DenseLayerNormOptions extends DenseNormOptions, Omit<LayerNormOptions, "bias" | "axis"> {
  /** Whether the norm has β; true unless given. */
  readonly normBias?: boolean;
}

/** Options of {@link DenseRMSNorm}; `bias` is that of the dense part, `normBias` is β. */
export interface DenseRMSNormOptions extends DenseNormOptions, Omit<RMSNormOptions, "bias" | "axis"> {
  /** Whether the norm has β; false unless given. */
  readonly normBias?: boolean;
}

const denseKeys = Object.keys(affineTable);

// The norm is that of the outputs: of the last axis.
const { axis: _, ...layerNormRows } = layerNormTable;
const { axis: __, ...rmsNormRows } = rmsNormTable;

/** The entries of `options` under `keys`. */
function pick<Picked extends object>(options: object, keys: readonly string[]): Picked {
  return Object.fromEntries(Object.entries(options).filter(([key]) => keys.includes(key))) as Picked;
}

/** All options, row by row, given those of the norm. */
function tableOf<Options extends object>(table: OptionTable<Options>): OptionTable<object> {
  const { bias, ...others } = table as OptionTable<Options & { readonly bias: boolean }>;
  return {
    ...activationRow,
    ...affineTable,
    ...("bias" in table ? { normBias: bias } : {}),
    ...others,
  };
}

/** Dense → norm → activation; the norm is the subclass's. */
abstract class DenseNorm<N extends Module, Options extends object> extends Module {
  /** The dense layer, which runs first. */
  readonly dense: Dense;
  /** The norm of its outputs. */
  readonly norm: N;
  /** Applied last. */
  activation: ActivationFunction | undefined;
  private readonly activationChoice: ActivationName | ActivationFunction | undefined;

  /** @param table rows of the norm's options; its `bias` is `normBias` here */
  constructor(
    [inFeatures, outFeatures]: readonly [number, number],
    options: DenseNormOptions & { readonly normBias?: boolean },
    table: OptionTable<Options>,
    Norm: new (features: number, options: Options) => N,
  ) {
    super();
    const normKeys = Object.keys(table).filter((key) => key !== "bias");
    checkOptions<object>(new.target.name, options, tableOf(table));
    expectValue(new.target.name, "inFeatures", inFeatures, ranges.extent);
    expectValue(new.target.name, "outFeatures", outFeatures, ranges.extent);
    const { activation, normBias: bias } = options;
    this.activation = givenActivation(new.target.name, options);
    this.activationChoice = activation;
    this.dense = new Dense(inFeatures, outFeatures, pick<DenseOptions>(options, denseKeys));
    this.norm = new Norm(outFeatures, { ...pick<Options>(options, normKeys), ...(bias === undefined ? {} : { bias }) });
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing(this.constructor.name, none);
    return activate(this.norm.forward(this.dense.forward(x)), this.activation);
  }

  override details(): string {
    const activation = this.activationChoice;
    if (activation === undefined || this.activation === undefined) return "";
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
export class DenseBatchNorm extends DenseNorm<BatchNorm, BatchNormOptions> {
  static override readonly name: string = "DenseBatchNorm";

  constructor(inFeatures: number, outFeatures: number, options: DenseBatchNormOptions & OptionsOf<"BatchNorm"> = {}) {
    super([inFeatures, outFeatures], options, batchNormTable, BatchNorm);
  }
}

/**
 * Dense → LayerNorm → activation.
 *
 * @example
 * new DenseLayerNorm(4, 8, { activation: "relu" }).forward(randn([16, 4])).shape; // => [16, 8]
 */
export class DenseLayerNorm extends DenseNorm<LayerNorm, Omit<LayerNormOptions, "axis">> {
  static override readonly name: string = "DenseLayerNorm";

  constructor(inFeatures: number, outFeatures: number, options: DenseLayerNormOptions & OptionsOf<"LayerNorm"> = {}) {
    super([inFeatures, outFeatures], options, layerNormRows, LayerNorm);
  }
}

/**
 * Dense → RMSNorm → activation.
 *
 * @example
 * new DenseRMSNorm(4, 8, { activation: "relu" }).forward(randn([16, 4])).shape; // => [16, 8]
 */
export class DenseRMSNorm extends DenseNorm<RMSNorm, Omit<RMSNormOptions, "axis">> {
  static override readonly name: string = "DenseRMSNorm";

  constructor(inFeatures: number, outFeatures: number, options: DenseRMSNormOptions & OptionsOf<"RMSNorm"> = {}) {
    super([inFeatures, outFeatures], options, rmsNormRows, RMSNorm);
  }
}
