import { type Tensor, where, zeros } from "@tapegrad/tensor";
import {
  checkOptions,
  expectNothing,
  expectTensor,
  expectValue,
  formatValue,
  option,
  type OptionTable,
  ranges,
} from "@tapegrad/tensor/internal";
import { xavierUniform } from "../init/variance-scaling.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { maskRow } from "../module/expect-mask.ts";
import type { OptionsOf } from "../module/options-of.ts";
import { type DecoderMasks, decoderMasks } from "./transformer-decoder-layer.ts";
import { TransformerDecoder } from "./transformer-decoder.ts";
import { TransformerEncoder } from "./transformer-encoder.ts";
import { checkWidth, type TransformerLayerOptions, transformerTable } from "./transformer-layer.ts";
import { pastKeys } from "./visible-keys.ts";

/** Options of {@link Transformer}. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** How many layers the encoder has, 6 unless given. */
  readonly numEncoderLayers?: number;
  /** How many layers the decoder has, 6 unless given. */
  readonly numDecoderLayers?: number;
}

const table: OptionTable<TransformerOptions> = {
  numEncoderLayers: option(ranges.count, 6),
  numDecoderLayers: option(ranges.count, 6),
  ...transformerTable,
};

/** Masks of a {@link Transformer}. Those of bools are **true where one may look, or where an element counts**: PyTorch's are the inverse. */
export interface TransformerMasks extends DecoderMasks {
  /** Which positions of the source may look at which; broadcasts to `[batch, heads, source, source]`. */
  readonly srcMask?: Tensor | undefined;
  /** Which positions of the source count, `[batch, source]`; the decoder asks for `memoryKeyPaddingMask` besides, as in PyTorch. */
  readonly srcKeyPaddingMask?: Tensor | undefined;
}

const { mask } = maskRow;
const masksTable: OptionTable<TransformerMasks> = { ...decoderMasks, srcMask: mask, srcKeyPaddingMask: mask };

/**
 * An encoder of a source, and a decoder of a target that looks at what the encoder made of it, each with a LayerNorm behind its last layer.
 *
 * `causal` is that of the decoder's attention to itself. Matrices begin as Xavier's uniform, each drawn on its own, as in PyTorch.
 * Embeddings, positions and the projection to words are up to the caller.
 *
 * @param features of every position, 512 in the paper and in PyTorch
 * @param heads a divisor of `features`, 8 in the paper and in PyTorch
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 * @example
 * const options = { numEncoderLayers: 1, numDecoderLayers: 1, hiddenFeatures: 16, batchFirst: true, causal: true };
 * const model = new Transformer(8, 2, options);
 * const [src, tgt] = [randn([4, 7, 8]), randn([4, 5, 8])];
 * const counts = ones([4, 7], { dtype: "bool" }); // true where an element of the source counts
 * model.forward(src, tgt, { srcKeyPaddingMask: counts, memoryKeyPaddingMask: counts }).shape; // => [4, 5, 8]
 * Object.keys(model.stateDict())[0]; // => "encoder.layers.0.self_attn.in_proj_weight"
 */
export class Transformer extends ConfiguredModule<
  TransformerOptions,
  [src: Tensor, tgt: Tensor, masks?: TransformerMasks]
> {
  static override readonly name: string = "Transformer";
  /** Of the source. */
  readonly encoder: TransformerEncoder;
  /** Of the target. */
  readonly decoder: TransformerDecoder;

  constructor(features: number, heads: number, options: TransformerOptions & OptionsOf<"LayerNorm"> = {}) {
    super(options, table, [features, `heads=${formatValue(heads)}`]);
    checkWidth("Transformer", features, heads);
    const { numEncoderLayers, numDecoderLayers, causal, ...shared } = this.options;
    this.encoder = new TransformerEncoder(features, heads, numEncoderLayers, { ...shared, norm: true });
    this.decoder = new TransformerDecoder(features, heads, numDecoderLayers, { ...shared, causal, norm: true });
    for (const parameter of this.parameters()) {
      if (parameter.ndim > 1) xavierUniform(parameter, { generator: shared.generator });
    }
  }

  /**
   * @param src `[source, batch, features]`, `[batch, source, features]` if `batchFirst`, or `[source, features]`
   * @param tgt `[time, batch, features]`, laid out as `src`
   * @returns as `tgt`
   */
  override forward(src: Tensor, tgt: Tensor, masks: TransformerMasks = {}, ...none: []): Tensor {
    const fn = "Transformer.forward";
    expectNothing(fn, none);
    expectTensor(fn, "src", src);
    expectTensor(fn, "tgt", tgt);
    checkOptions(fn, masks, masksTable);
    const { srcMask, srcKeyPaddingMask, ...ofDecoder } = masks;
    const memory = this.encoder.forward(src, srcMask, srcKeyPaddingMask);
    return this.decoder.forward(tgt, memory, ofDecoder);
  }

  /**
   * The mask that `causal` stands for, as floats that are added to scores: 0 where the column is no later than the row, −∞ elsewhere.
   *
   * @returns `[size, size]`, float32
   * @example
   * Transformer.generateSquareSubsequentMask(2).toArray(); // => [[0, -Infinity], [0, 0]]
   */
  static generateSquareSubsequentMask(size: number, ...none: []): Tensor {
    expectNothing("generateSquareSubsequentMask", none);
    expectValue("generateSquareSubsequentMask", "size", size, ranges.count);
    return where(pastKeys(size, size), zeros([]), -Infinity);
  }
}
