import type { Tensor } from "@tapegrad/tensor";
import { checkOptions, expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import type { OptionsOf } from "../module/options-of.ts";
import { type DecoderMasks, decoderMasks, TransformerDecoderLayer } from "./transformer-decoder-layer.ts";
import { TransformerStack, type TransformerStackOptions } from "./transformer-stack.ts";

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
export class TransformerDecoder extends TransformerStack<
  TransformerDecoderLayer,
  [tgt: Tensor, memory: Tensor, masks?: DecoderMasks]
> {
  static override readonly name: string = "TransformerDecoder";

  constructor(
    features: number,
    heads: number,
    numLayers: number,
    options: TransformerStackOptions & OptionsOf<"LayerNorm"> = {},
  ) {
    super(TransformerDecoderLayer, features, heads, numLayers, options);
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
    return this.through(tgt, (layer, t) => layer.forward(t, memory, masks));
  }
}
