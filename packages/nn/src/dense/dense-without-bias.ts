import { expectValue, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import {
  type ActivationFunction,
  type ActivationOption,
  activationRow,
  givenActivation,
} from "../activations/activation.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { Parameter } from "../module/parameter.ts";
import { type AffineOptions, affineParameters, affineTable } from "./affine-parameters.ts";

/** Options of a dense layer that has a weight and no bias. */
export interface DenseWithoutBiasOptions
  extends
    ActivationOption,
    Pick<AffineOptions, "init" | "generator" | "dtype" | "kernelRegularizer" | "kernelConstraint"> {}

const { init, generator, dtype, kernelRegularizer, kernelConstraint } = affineTable;
/** {@link DenseWithoutBiasOptions}, row by row. */
export const denseWithoutBiasTable: OptionTable<DenseWithoutBiasOptions> = {
  init,
  generator,
  dtype,
  kernelRegularizer,
  kernelConstraint,
  ...activationRow,
};

/** A dense layer without bias; `forward` is the subclass's. */
export abstract class DenseWithoutBias<Options extends DenseWithoutBiasOptions> extends ConfiguredModule<Options> {
  /** Extent of the input's last axis. */
  readonly inFeatures: number;
  /** Extent of the output's last axis. */
  readonly outFeatures: number;
  /** `[outFeatures, inFeatures]` */
  weight: Parameter;
  /** Applied last. */
  activation: ActivationFunction | undefined;

  constructor(inFeatures: number, outFeatures: number, options: Options, table: OptionTable<Options>) {
    super(options, table, [inFeatures, outFeatures]);
    const fn = new.target.name;
    expectValue(fn, "inFeatures", inFeatures, ranges.extent);
    expectValue(fn, "outFeatures", outFeatures, ranges.extent);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    // Options has all that DenseWithoutBiasOptions has, which TypeScript does not see through Required.
    const settled = this.options as Required<DenseWithoutBiasOptions>;
    const none = { bias: false, biasInit: undefined, biasRegularizer: undefined, biasConstraint: undefined };
    this.weight = affineParameters(fn, [outFeatures, inFeatures], outFeatures, { ...settled, ...none }).weight;
    this.activation = givenActivation(fn, settled);
  }
}
