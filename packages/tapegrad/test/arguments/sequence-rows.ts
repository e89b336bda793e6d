import { nn, ones, type Tensor, tensor } from "../../src/index.ts";
import { layers, options, sizes, x } from "./layer-makers.ts";
import type { Rows } from "./rows.ts";

/** Which keys, and which queries, count. */
const places = (): Tensor[] => [tensor([1, 1]).ne(0), tensor([1, 1]).ne(0)];
const twoSequences = ["tensor tensor options?", () => [x(), x(), {}]] as const;
const withWeights = (name: string, make: () => object): Rows => ({
  [`nn.${name}.forwardWithWeights`]: ["tensor tensor? tensor? options?", () => [make(), x(), x(), x(), {}]],
});

/** Recurrent layers, attention and positions. */
export const sequenceRows: Rows = {
  ...layers("RNNCell GRUCell", sizes, ["tensor tensor?", () => [x(), x()]]),
  ...layers("LSTMCell", sizes, ["tensor tensors?", () => [x(), [x(), x()]]]),
  ...layers("RNN GRU", sizes, ["tensor tensor? tensor?", () => [ones([3, 2, 4]), ones([1, 2, 4]), ones([3, 2]).ne(0)]]),
  ...layers("LSTM", sizes, [
    "tensor tensors? tensor?",
    () => [ones([3, 2, 4]), [ones([1, 2, 4]), ones([1, 2, 4])], ones([3, 2]).ne(0)],
  ]),
  ...layers(
    "MultiHeadAttention",
    ["number number options?", () => [4, 2, {}]],
    ["tensor tensor? tensor? tensor? tensor? tensor?", () => [x(), x(), x(), ones([2, 2]), ...places()]],
  ),
  ...layers("Attention", options, [
    "tensor tensor? tensor? tensor? tensor? tensor?",
    () => [x(), x(), x(), ones([2, 2]), ...places()],
  ]),
  ...layers(
    "AdditiveAttention",
    ["number options?", () => [4, {}]],
    ["tensor tensor? tensor? tensor? tensor? tensor?", () => [x(), x(), x(), ones([2, 2]), ...places()]],
  ),
  ...withWeights("MultiHeadAttention", () => new nn.MultiHeadAttention(4, 2)),
  ...withWeights("Attention", () => new nn.Attention()),
  ...withWeights("AdditiveAttention", () => new nn.AdditiveAttention(4)),
  ...layers(
    "TransformerEncoderLayer",
    ["number number options?", () => [4, 2, {}]],
    ["tensor tensor? tensor?", () => [x(), ones([2, 2]), places()[0]]],
  ),
  ...layers(
    "TransformerEncoder",
    ["number number number options?", () => [4, 2, 1, {}]],
    ["tensor tensor? tensor?", () => [x(), ones([2, 2]), places()[0]]],
  ),
  ...layers("TransformerDecoderLayer", ["number number options?", () => [4, 2, {}]], twoSequences),
  ...layers("TransformerDecoder", ["number number number options?", () => [4, 2, 1, {}]], twoSequences),
  ...layers(
    "Transformer",
    ["number number options?", () => [4, 2, { numEncoderLayers: 1, numDecoderLayers: 1 }]],
    twoSequences,
  ),
  "nn.Transformer.generateSquareSubsequentMask": ["number", () => [3]],
  ...layers("PositionalEncoding SinusoidalPositionalEncoding", ["number options?", () => [4, {}]]),
  ...layers("RotaryEmbedding", ["number options?", () => [4, {}]], ["tensor tensor?", () => [x(), tensor([0, 1])]]),
};
