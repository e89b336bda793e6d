import { Dense, Embedding, LayerNorm, Module, ModuleList, Parameter, TransformerEncoderLayer } from "@tapegrad/nn";
import { type Tensor, zeros } from "@tapegrad/tensor";

/** Extents of a {@link LanguageModel}. */
export interface LanguageModelShape {
  readonly symbols: number;
  readonly time: number;
  readonly features: number;
  readonly layers: number;
  readonly heads: number;
}

/** Logits of the next symbol at every position of `[batch, time]`: `[batch · time, symbols]`. */
export class LanguageModel extends Module {
  readonly embedding: Embedding;
  readonly position: Parameter;
  readonly layers: ModuleList<TransformerEncoderLayer>;
  readonly norm: LayerNorm;
  readonly head: Dense;

  constructor({ symbols, time, features, layers, heads }: LanguageModelShape) {
    super();
    const options = { hiddenFeatures: 4 * features, normFirst: true, causal: true, batchFirst: true, dropout: 0 };
    this.embedding = new Embedding(symbols, features);
    this.position = new Parameter(zeros([time, features]));
    this.layers = new ModuleList(
      Array.from({ length: layers }, () => new TransformerEncoderLayer(features, heads, options)),
    );
    this.norm = new LayerNorm(features);
    this.head = new Dense(features, symbols);
  }

  override forward(x: Tensor): Tensor {
    let h = this.embedding.forward(x).add(this.position);
    for (const layer of this.layers) h = layer.forward(h);
    const logits = this.head.forward(this.norm.forward(h));
    return logits.reshape([-1, logits.shape.at(-1)!]);
  }
}
