import { attentionLayer } from "./attention-layer.ts";
import { depthwiseKernel, flattenedKernel, kernel } from "./kernels.ts";
import { type KerasLayer, type LayerHere, type Row, rowByRow } from "./keras-layer.ts";
import { recurrentCell, recurrentLayers } from "./recurrent-layers.ts";

/** The layers of Keras, one behind the other, that a layer here is; of each what it may be, the most likely first. */
export type Rule = (layer: LayerHere) => readonly (readonly KerasLayer[])[];

/** A layer that is one of Keras, or one of several. */
const one =
  (...kinds: readonly ((layer: LayerHere) => KerasLayer)[]): Rule =>
  (layer) => [kinds.map((kind) => kind(layer))];

/** A layer that lacks or has the rows of one of Keras. */
const rowsOf =
  (kind: string, rows: Readonly<Record<string, Row>>) =>
  ({ state }: LayerHere): KerasLayer =>
    rowByRow(kind, state, rows);

const bias: Row = ["bias"];
const gainAndShift = { gamma: ["weight"], beta: bias } as const;

/** Convolutions whose filters see a channel each are layers of their own in Keras. */
const convolution =
  (rank: number): Rule =>
  ({ state, options }) => {
    const [weight, channels = 1] = [state["weight"]!, options?.groups];
    const plain = rowByRow(`conv${rank}d`, state, { kernel, bias });
    if (channels === 1 || weight.shape[1] !== 1) return [[plain]];
    return [[rowByRow(`depthwise_conv${rank}d`, state, { kernel: depthwiseKernel(weight, channels), bias }), plain]];
  };

/** Slopes of channels, which Keras has behind axes that share them. */
const slopes = [0, 1, 2, 3].map((shared) =>
  rowsOf("p_re_lu", {
    alpha: ["weight", (x) => x.reshape([...Array<number>(shared).fill(1), x.size]), (x) => x.reshape([x.size])],
  }),
);

/** What classes of layers are in Keras. */
const rules: { readonly [name: string]: Rule } = {
  Dense: ({ state, flattened }) => {
    const own = flattened === undefined ? kernel : flattenedKernel(state["weight"]!, flattened);
    return [[rowByRow("dense", state, { kernel: own, bias })]];
  },
  Embedding: one(rowsOf("embedding", { embeddings: ["weight"] })),
  Conv1d: convolution(1),
  Conv2d: convolution(2),
  Conv3d: convolution(3),
  ConvTranspose1d: one(rowsOf("conv1d_transpose", { kernel, bias })),
  ConvTranspose2d: one(rowsOf("conv2d_transpose", { kernel, bias })),
  ConvTranspose3d: one(rowsOf("conv3d_transpose", { kernel, bias })),
  BatchNorm: one(
    rowsOf("batch_normalization", { ...gainAndShift, moving_mean: ["running_mean"], moving_variance: ["running_var"] }),
  ),
  LayerNorm: one(rowsOf("layer_normalization", gainAndShift)),
  RMSNorm: one(rowsOf("rms_normalization", { scale: ["weight"] }), rowsOf("layer_normalization", gainAndShift)),
  GroupNorm: one(rowsOf("group_normalization", gainAndShift)),
  InstanceNorm: one(rowsOf("group_normalization", gainAndShift)),
  PReLU: one(...slopes),
  RNN: (layer) => recurrentLayers("simple_rnn", layer).map((each) => [each]),
  LSTM: (layer) => recurrentLayers("lstm", layer).map((each) => [each]),
  GRU: (layer) => recurrentLayers("gru", layer).map((each) => [each]),
  RNNCell: one((layer) => recurrentCell("simple_rnn", layer)),
  LSTMCell: one((layer) => recurrentCell("lstm", layer)),
  GRUCell: one((layer) => recurrentCell("gru", layer)),
  MultiHeadAttention: one(attentionLayer),
  Attention: one(rowsOf("attention", { scale: ["scale"], concat_score_weight: ["concat_score_weight"] })),
  AdditiveAttention: one(rowsOf("additive_attention", { scale: ["scale"] })),
};

/** The rule of a layer's class, or of one that it extends. */
export function ruleOf(layer: object): Rule | undefined {
  for (
    let at = Object.getPrototypeOf(layer) as object | null;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const { name } = at.constructor;
    if (Object.hasOwn(rules, name)) return rules[name];
  }
  return undefined;
}
