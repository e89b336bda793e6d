import {
  BatchNorm,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dense,
  Embedding,
  Flatten,
  GroupNorm,
  GRU,
  Lambda,
  LayerNorm,
  LSTM,
  Module,
  MultiHeadAttention,
  PReLU,
  presets,
  ReLU,
  RMSNorm,
  RNN,
  Sequential,
} from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";

const { keras } = presets;

/** The first output of a layer that has several. */
class First extends Module {
  readonly layer: RNN | LSTM | GRU;
  constructor(layer: RNN | LSTM | GRU) {
    super();
    this.layer = layer;
  }
  override forward(x: Tensor): Tensor {
    return this.layer.forward(x)[0];
  }
}

const channelsFirst = (): Module =>
  new Lambda((x) => x.permute([0, x.ndim - 1, ...Array.from({ length: x.ndim - 2 }, (_, i) => i + 1)]));
const channelsLast = (): Module =>
  new Lambda((x) => x.permute([0, ...Array.from({ length: x.ndim - 2 }, (_, i) => i + 2), 1]));
const batchFirst = { batchFirst: true };

/** The models of keras_models.py, by the same names. */
export const models: Readonly<Record<string, () => Sequential>> = {
  mlp: () =>
    new Sequential(
      new Dense(4, 6),
      new BatchNorm(6, keras.batchNorm),
      new ReLU(),
      new Dense(6, 5),
      new LayerNorm(5, keras.layerNorm),
      new Dense(5, 3),
    ),
  cnn: () =>
    new Sequential(
      channelsFirst(),
      new Conv2d(2, 4, [3, 2]),
      new BatchNorm(4, keras.batchNorm),
      new PReLU({ channels: 4 }),
      new Conv2d(4, 8, 2, { groups: 4 }),
      new Conv2d(8, 2, 1),
      new Flatten(),
      new Dense(30, 2),
    ),
  decoder: () => new Sequential(channelsFirst(), new ConvTranspose2d(4, 2, 3, { stride: 2 }), channelsLast()),
  steps: () =>
    new Sequential(channelsFirst(), new Conv1d(2, 4, 3), new GroupNorm(2, 4, keras.groupNorm), channelsLast()),
  tokens: () =>
    new Sequential(
      new Embedding(9, 4),
      new MultiHeadAttention(4, 2, batchFirst),
      new RMSNorm(4, keras.rmsNorm),
      new First(new RNN(4, 3, batchFirst)),
      new First(new LSTM(3, 5, batchFirst)),
      new First(new LSTM(5, 4, batchFirst)),
      new First(new LSTM(4, 3, { ...batchFirst, bidirectional: true })),
      new First(new GRU(6, 4, batchFirst)),
      new First(new GRU(4, 3, { ...batchFirst, resetAfter: false })),
      new Dense(3, 2),
    ),
};

/** What has to be said of them. */
export const flattened: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  cnn: { "7": [2, 3, 5] },
};
