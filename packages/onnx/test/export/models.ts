import * as nn from "@tapegrad/nn";
import { cat, Generator, randint, randn, type Tensor, tensor } from "@tapegrad/tensor";

const generator = new Generator(3);
const tokens = (...shape: number[]): Tensor => randint(0, 11, shape, { generator });

const mlp = (): nn.Module =>
  new nn.Sequential(
    new nn.Dense(64, 32, { activation: "relu" }),
    new nn.BatchNorm(32),
    new nn.Dropout(0.3),
    new nn.Dense(32, 10, { activation: "softmax" }),
  );

const cnn = (): nn.Module =>
  new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: "same", activation: "relu" }),
    new nn.MaxPool2d(2),
    new nn.Conv2d(4, 8, 3, { stride: 2, padding: 1, groups: 2, bias: false }),
    new nn.BatchNorm(8),
    new nn.GELU(),
    new nn.Residual(new nn.Conv2d(8, 8, 3, { padding: 2, dilation: 2 })),
    new nn.GroupNorm(2, 8),
    new nn.AvgPool2d(2, { padding: 1, ceilMode: true }),
    new nn.Flatten(),
    new nn.Dense(32, 10),
  );

/** Tokens to logits of the next one. */
class Transformer extends nn.Module {
  readonly embedding: nn.Embedding = new nn.Embedding(11, 8);
  readonly positions: nn.PositionalEncoding = new nn.PositionalEncoding(8, { batchFirst: true });
  readonly layers: nn.ModuleList<nn.TransformerEncoderLayer> = new nn.ModuleList([
    new nn.TransformerEncoderLayer(8, 2, { batchFirst: true, hiddenFeatures: 16, causal: true, normFirst: true }),
    new nn.TransformerEncoderLayer(8, 2, { batchFirst: true, hiddenFeatures: 16, activation: "gelu" }),
  ]);
  readonly norm: nn.RMSNorm = new nn.RMSNorm(8);

  override forward(index: Tensor): Tensor {
    let x = this.positions.forward(this.embedding.forward(index));
    for (const layer of this.layers) x = layer.forward(x);
    // The head is the table.
    return this.norm.forward(x).matmul(this.embedding.weight.transpose(0, 1));
  }
}

/** A source and a target, with queries and keys that are turned by their positions, weights of attention and padding of the source. */
class Translator extends nn.Module<[src: Tensor, tgt: Tensor, counts: Tensor], readonly Tensor[]> {
  readonly transformer: nn.Transformer = new nn.Transformer(8, 2, {
    ...{ numEncoderLayers: 1, numDecoderLayers: 1, hiddenFeatures: 12, batchFirst: true, causal: true },
  });
  readonly heads: nn.MultiHeadAttention = new nn.MultiHeadAttention(8, 2, {
    ...{ batchFirst: true, addBiasKV: true, addZeroAttention: true, causal: true },
    rotary: new nn.RotaryEmbedding(4, { layout: "interleaved" }),
  });
  readonly additive: nn.AdditiveAttention = new nn.AdditiveAttention(8);

  override forward(src: Tensor, tgt: Tensor, counts: Tensor): readonly Tensor[] {
    const memoryKeyPaddingMask = counts.gt(0);
    const y = this.transformer.forward(src, tgt, { srcKeyPaddingMask: memoryKeyPaddingMask, memoryKeyPaddingMask });
    const { output, weights } = this.heads.forwardWithWeights(y, src, src, { keyPaddingMask: memoryKeyPaddingMask });
    return [output, weights, this.additive.forward(y, src, src, undefined, memoryKeyPaddingMask)];
  }
}

/** Both directions of two layers, and the class of the whole sequence. */
class Classifier extends nn.Module {
  readonly embedding: nn.Embedding = new nn.Embedding(11, 6, { paddingIndex: 0 });
  readonly lstm: nn.LSTM = new nn.LSTM(6, 5, { numLayers: 2, bidirectional: true, batchFirst: true, dropout: 0.5 });
  readonly head: nn.Dense = new nn.Dense(20, 3);

  override forward(index: Tensor): Tensor {
    const [output, [h]] = this.lstm.forward(this.embedding.forward(index));
    const last = cat([h.slice(2), h.slice(3)], -1);
    return this.head.forward(cat([output.mean({ axis: 1 }), last], -1));
  }
}

/** Recurrent layers that are given their states, over time first. */
class Stepper extends nn.Module<readonly Tensor[], readonly Tensor[]> {
  readonly gru: nn.GRU = new nn.GRU(4, 3, { resetAfter: false, batchFirst: true });
  readonly rnn: nn.RNN = new nn.RNN(3, 2, { bias: false, batchFirst: true });
  readonly lstm: nn.LSTM = new nn.LSTM(2, 2, { batchFirst: true });

  override forward(...[x, h, c]: readonly Tensor[]): readonly Tensor[] {
    const [y, last] = this.gru.forward(x!);
    const [z, state] = this.rnn.forward(y);
    const states = h!.unsqueeze(0);
    const [output, [h1, c1]] = this.lstm.forward(z, [states, c!.unsqueeze(0)]);
    return [output, h1.squeeze(0), c1.squeeze(0), last.squeeze(0), state.squeeze(0)];
  }
}

/** A model of each kind with inputs. */
export const modelRows: readonly (readonly [string, () => nn.AnyModule, readonly Tensor[]])[] = [
  ["an MLP", mlp, [randn([5, 64], { generator })]],
  ["a CNN", cnn, [randn([2, 1, 12, 12], { generator })]],
  ["a transformer", () => new Transformer(), [tokens(2, 7)]],
  [
    "a translator",
    () => new Translator(),
    [
      ...[5, 3].map((time) => randn([2, time, 8], { generator })),
      tensor([[1, 1, 1, 1, 0], [1, 0, 1, 0, 0]], { dtype: "float32" }), // prettier-ignore
    ],
  ],
  ["an LSTM", () => new Classifier(), [tokens(3, 4)]],
  [
    "recurrent layers with states",
    () => new Stepper(),
    [randn([2, 3, 4], { generator }), randn([2, 2], { generator }), randn([2, 2], { generator })],
  ],
];
