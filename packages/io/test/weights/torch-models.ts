import {
  type AnyModule,
  BatchNorm,
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  Dense,
  Embedding,
  Flatten,
  GroupNorm,
  GRU,
  GRUCell,
  InstanceNorm,
  LayerNorm,
  LSTM,
  LSTMCell,
  MaxPool2d,
  type Module,
  MultiHeadAttention,
  norms,
  PReLU,
  ReLU,
  RNN,
  Sequential,
  TransformerEncoder,
} from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";

/** A module, and how its output is computed. */
export interface Model {
  readonly module: AnyModule;
  readonly run: (x: Tensor) => Tensor;
}

const plain = (module: Module): Model => ({ module, run: (x) => module.forward(x) });

function recurrent(module: RNN | LSTM | GRU | LSTMCell): Model {
  return { module, run: (x) => module.forward(x)[0] };
}

function attention(module: MultiHeadAttention, values: number): Model {
  return { module, run: (x) => module.forward(x, x, x.slice([], [], [0, values])) };
}

const cnn = (): Module =>
  new Sequential(
    new Sequential(new Conv2d(1, 4, 3, { padding: 1, bias: false }), new BatchNorm(4), new ReLU(), new MaxPool2d(2)),
    new Flatten(),
    new Dense(36, 5),
  );

/** The models of torch_cases.py, by the same names. */
export const models: Readonly<Record<string, () => Model>> = {
  linear: () => plain(new Dense(4, 3)),
  linear_double: () => plain(new Dense(4, 3, { bias: false, dtype: "float64" })),
  conv1d: () => plain(new Conv1d(2, 3, 3, { stride: 2, padding: 1 })),
  conv2d: () => plain(new Conv2d(4, 6, [3, 2], { groups: 2, padding: 1, dilation: 2 })),
  conv3d: () => plain(new Conv3d(1, 2, 2)),
  conv_transpose1d: () => plain(new ConvTranspose1d(2, 3, 3, { stride: 2 })),
  conv_transpose2d: () => plain(new ConvTranspose2d(4, 6, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2 })),
  conv_transpose3d: () => plain(new ConvTranspose3d(2, 1, 2)),
  batch_norm1d: () => plain(new BatchNorm(3)),
  batch_norm2d: () => plain(new BatchNorm(3, { affine: false })),
  layer_norm: () => plain(new LayerNorm([2, 3])),
  group_norm: () => plain(new GroupNorm(2, 4)),
  instance_norm: () => plain(new InstanceNorm(3, { affine: true, trackRunningStats: true })),
  weight_norm: () => plain(norms.weightNorm(new Dense(4, 3))),
  prelu: () => plain(new PReLU({ channels: 3 })),
  embedding: () => plain(new Embedding(7, 3, { paddingIndex: 0 })),
  rnn: () => recurrent(new RNN(3, 4, { activation: "relu" })),
  lstm: () => recurrent(new LSTM(3, 4, { numLayers: 2, bidirectional: true, batchFirst: true })),
  gru: () => recurrent(new GRU(3, 4, { numLayers: 2, bidirectional: true })),
  lstm_cell: () => recurrent(new LSTMCell(3, 4)),
  gru_cell: () => plain(new GRUCell(3, 4, { bias: false })),
  attention: () => attention(new MultiHeadAttention(8, 2), 8),
  attention_kv: () => attention(new MultiHeadAttention(8, 2, { valueFeatures: 6, batchFirst: true }), 6),
  transformer: () => plain(new TransformerEncoder(8, 2, 2, { hiddenFeatures: 12, dropout: 0, batchFirst: true })),
  cnn: () => plain(cnn()),
};
