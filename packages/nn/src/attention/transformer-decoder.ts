import type { Tensor } from "@tapegrad/tensor";
import { checkOptions, expectNothing, expectTensor, expectValue, formatValue, ranges } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { OptionsOf } from "../module/options-of.ts";
import type { LayerNorm } from "../norms/activation/layer-norm.ts";
import { type DecoderMasks, decoderMasks, TransformerDecoderLayer } from "./transformer-decoder-layer.ts";
import { stackTable, type TransformerStackOptions } from "./transformer-encoder.ts";
import { checkWidth, transformerParts } from "./transformer-layer.ts";

/**
 * Layers of a decoder one behind the other, each of which looks at the memory. Each is initialised on its own, as in
 * `TransformerEncoder`.
 *
 * @param features of every position
 * @param heads a divisor of `features`
 * @param numLayers how many layers
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 * @example
 * const decoder = new TransformerDecoder(8, 2, 3, { hiddenFeatures: 16, causal: true });
 * decoder.forward(randn([5, 4, 8]), randn([7, 4, 8])).shape; // => [5, 4, 8]
 */
export class TransformerDecoder extends ConfiguredModule<
  TransformerStackOptions,
  [tgt: Tensor, memory: Tensor, masks?: DecoderMasks]
> {
  static override readonly name: string = "TransformerDecoder";
  /** One behind the other. */
  readonly layers: readonly TransformerDecoderLayer[];
  /** Behind the last layer, if `norm`. */
  readonly norm: LayerNorm | undefined;

  constructor(
    features: number,
    heads: number,
    numLayers: number,
    options: TransformerStackOptions & OptionsOf<"LayerNorm"> = {},
  ) {
    super(options, stackTable, [features, `heads=${formatValue(heads)}`, `numLayers=${formatValue(numLayers)}`]);
    checkWidth("TransformerDecoder", features, heads);
    expectValue("TransformerDecoder", "numLayers", numLayers, ranges.count);
    const { norm, ...ofLayers } = this.options;
    this.layers = Array.from({ length: numLayers }, () => new TransformerDecoderLayer(features, heads, ofLayers));
    this.norm = norm ? transformerParts(ofLayers).norm(features) : undefined;
  }

  /**
   * @param tgt `[time, batch, features]`, `[batch, time, features]` if `batchFirst`, or `[time, features]`
   * @param memory laid out as `tgt`
   * @returns as `tgt`
   */
  override forward(tgt: Tensor, memory: Tensor, masks: DecoderMasks = {}, ...none: []): Tensor {
    const fn = "TransformerDecoder.forward";
    expectNothing(fn, none);
    expectTensor(fn, "tgt", tgt);
    expectTensor(fn, "memory", memory);
    checkOptions(fn, masks, decoderMasks);
    const y = this.layers.reduce((t, layer) => layer.forward(t, memory, masks), tgt);
    return this.norm?.forward(y) ?? y;
  }
}
