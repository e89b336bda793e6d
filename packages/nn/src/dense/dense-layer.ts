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
import type { LazySize } from "../module/lazy-size.ts";

/** Options of a dense layer. */
export interface DenseOptions extends AffineOptions, ActivationOption {}

/** {@link DenseOptions}, row by row. */
export const denseTable: OptionTable<DenseOptions> = { ...affineTable, ...activationRow };

/** A weight, a bias and an activation from features to features; `forward` is the subclass's. */
export abstract class DenseLayer<Options extends DenseOptions> extends ConfiguredModule<Options> {
  /** How `lazy` finds the first argument. */
  static readonly lazySize: LazySize = { inputAxis: -1, stateAxes: [["weight", 1]] };
  /** Extent of the input's last axis. */
  readonly inFeatures: number;
  /** Extent of the output's last axis. */
  readonly outFeatures: number;
  /** `[outFeatures, inFeatures]` */
  weight: Parameter;
  /** `[outFeatures]` */
  bias: Parameter | undefined;
  /** Applied last. */
  activation: ActivationFunction | undefined;

  /** @param fn what its errors say, whatever a subclass is called */
  constructor(fn: string, inFeatures: number, outFeatures: number, options: Options, table: OptionTable<Options>) {
    super(options, table, [inFeatures, outFeatures]);
    expectValue(fn, "inFeatures", inFeatures, ranges.extent);
    expectValue(fn, "outFeatures", outFeatures, ranges.extent);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    // Options has all that DenseOptions has, which TypeScript does not see through Required.
    const settled = this.options as Required<DenseOptions>;
    ({ weight: this.weight, bias: this.bias } = affineParameters(fn, [outFeatures, inFeatures], outFeatures, settled));
    this.activation = givenActivation(fn, settled);
  }
}
