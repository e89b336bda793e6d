import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectOptionalTensor, expectTensor } from "@tapegrad/tensor/internal";
import type { OptionsOf } from "../module/options-of.ts";
import { TransformerEncoderLayer } from "./transformer-encoder-layer.ts";
import { TransformerStack, type TransformerStackOptions } from "./transformer-stack.ts";

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
export class TransformerEncoder extends TransformerStack<TransformerEncoderLayer> {
  static override readonly name: string = "TransformerEncoder";

  constructor(
    features: number,
    heads: number,
    numLayers: number,
    options: TransformerStackOptions & OptionsOf<"LayerNorm"> = {},
  ) {
    super(TransformerEncoderLayer, features, heads, numLayers, options);
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
    return this.through(x, (layer, t) => layer.forward(t, mask, keyPaddingMask));
  }
}
