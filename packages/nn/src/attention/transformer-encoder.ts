import type { Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectOptionalTensor,
  expectTensor,
  expectValue,
  formatValue,
  option,
  type OptionTable,
  ranges,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { OptionsOf } from "../module/options-of.ts";
import type { LayerNorm } from "../norms/activation/layer-norm.ts";
import { TransformerEncoderLayer } from "./transformer-encoder-layer.ts";
import { checkWidth, type TransformerLayerOptions, transformerParts, transformerTable } from "./transformer-layer.ts";

/** Options of `TransformerEncoder` and `TransformerDecoder`: those of each layer, and whether a norm follows. */
export interface TransformerStackOptions extends TransformerLayerOptions {
  /** Whether a LayerNorm follows the last layer, which `normFirst` asks for; false unless given. */
  readonly norm?: boolean;
}

/** {@link TransformerStackOptions}, row by row. */
export const stackTable: OptionTable<TransformerStackOptions> = {
  ...transformerTable,
  norm: option(ranges.flag, false),
};

/**
 * Layers of an encoder one behind the other. Each is initialised on its own; PyTorch copies one, so that all begin with the same
 * numbers, and recommends to initialise them anew.
 *
 * @param features of every position
 * @param heads a divisor of `features`
 * @param numLayers how many layers
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 * @example
 * const encoder = new TransformerEncoder(8, 2, 3, { hiddenFeatures: 16, batchFirst: true, normFirst: true, norm: true });
 * encoder.forward(randn([4, 5, 8])).shape; // => [4, 5, 8]
 * Object.keys(encoder.stateDict()).at(-1); // => "norm.bias"
 */
export class TransformerEncoder extends ConfiguredModule<TransformerStackOptions> {
  static override readonly name: string = "TransformerEncoder";
  /** One behind the other. */
  readonly layers: readonly TransformerEncoderLayer[];
  /** Behind the last layer, if `norm`. */
  readonly norm: LayerNorm | undefined;

  constructor(
    features: number,
    heads: number,
    numLayers: number,
    options: TransformerStackOptions & OptionsOf<"LayerNorm"> = {},
  ) {
    super(options, stackTable, [features, `heads=${formatValue(heads)}`, `numLayers=${formatValue(numLayers)}`]);
    checkWidth("TransformerEncoder", features, heads);
    expectValue("TransformerEncoder", "numLayers", numLayers, ranges.count);
    const { norm, ...ofLayers } = this.options;
    this.layers = Array.from({ length: numLayers }, () => new TransformerEncoderLayer(features, heads, ofLayers));
    this.norm = norm ? transformerParts(ofLayers).norm(features) : undefined;
  }

  /**
   * @param x `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]`
   * @param mask as that of `MultiHeadAttention`
   * @param keyPaddingMask `[batch, time]`, **true where an element counts**, the inverse of PyTorch's `src_key_padding_mask`
   * @returns as `x`
   */
  override forward(x: Tensor, mask?: Tensor, keyPaddingMask?: Tensor, ...none: []): Tensor {
    const fn = "TransformerEncoder.forward";
    expectNothing(fn, none);
    expectTensor(fn, "x", x);
    expectOptionalTensor(fn, "mask", mask);
    expectOptionalTensor(fn, "keyPaddingMask", keyPaddingMask);
    const y = this.layers.reduce((t, layer) => layer.forward(t, mask, keyPaddingMask), x);
    return this.norm?.forward(y) ?? y;
  }
}
