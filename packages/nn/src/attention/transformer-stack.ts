import type { Tensor } from "@tapegrad/tensor";
import { expectValue, formatValue, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { LayerNorm } from "../norms/activation/layer-norm.ts";
import {
  checkWidth,
  type TransformerLayer,
  type TransformerLayerOptions,
  transformerParts,
  transformerTable,
} from "./transformer-layer.ts";

/** Options of `TransformerEncoder` and `TransformerDecoder`: those of each layer, and whether a norm follows. */
export interface TransformerStackOptions extends TransformerLayerOptions {
  /** Whether a LayerNorm follows the last layer, which `normFirst` asks for; false unless given. */
  readonly norm?: boolean;
}

const table: OptionTable<TransformerStackOptions> = { ...transformerTable, norm: option(ranges.flag, false) };

/** What encoder and decoder share: layers one behind the other, and the norm behind the last. */
export abstract class TransformerStack<
  Layer extends TransformerLayer<TransformerLayerOptions, In>,
  In extends readonly unknown[] = Tensor[],
> extends ConfiguredModule<TransformerStackOptions, In> {
  static override readonly name: string = "TransformerStack";
  /** One behind the other. */
  readonly layers: readonly Layer[];
  /** Behind the last layer, if `norm`. */
  readonly norm: LayerNorm | undefined;

  constructor(
    layer: new (features: number, heads: number, options: TransformerLayerOptions) => Layer,
    features: number,
    heads: number,
    numLayers: number,
    options: TransformerStackOptions,
  ) {
    super(options, table, [features, `heads=${formatValue(heads)}`, `numLayers=${formatValue(numLayers)}`]);
    checkWidth(new.target.name, features, heads);
    expectValue(new.target.name, "numLayers", numLayers, ranges.count);
    const { norm, ...ofLayers } = this.options;
    this.layers = Array.from({ length: numLayers }, () => new layer(features, heads, ofLayers));
    this.norm = norm ? transformerParts(ofLayers).norm(features) : undefined;
  }

  /** `x` through all layers, each by `run`, and the norm. */
  protected through(x: Tensor, run: (layer: Layer, x: Tensor) => Tensor): Tensor {
    const y = this.layers.reduce((t, layer) => run(layer, t), x);
    return this.norm?.forward(y) ?? y;
  }
}
