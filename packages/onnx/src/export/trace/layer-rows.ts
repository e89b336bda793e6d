import * as nn from "@tapegrad/nn";
import { Tensor } from "@tapegrad/tensor";
import type { CallName, Calls, RecurrentAttrs } from "./calls.ts";

/** What a layer is called in ONNX. */
interface LayerCall<C extends CallName> {
  readonly name: C;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attrs: Calls[C];
}

/** What a layer is called when it runs on inputs; undefined where it does what no operator does. */
type LayerRow = (layer: nn.AnyModule, inputs: readonly unknown[]) => LayerCall<CallName> | undefined;

/** A class whose layers are one call. */
function row<M extends nn.AnyModule, C extends CallName>(
  type: abstract new (...args: never) => M,
  name: C,
  attrsOf: (layer: M, inputs: readonly unknown[]) => Calls[C] | undefined,
  inputsOf: (layer: M, x: Tensor, state: unknown) => readonly (Tensor | undefined)[] = (_, x) => [x],
): readonly [type: unknown, row: LayerRow] {
  return [
    type,
    (layer, inputs) => {
      const attrs = attrsOf(layer as M, inputs);
      const [x, state] = inputs;
      return attrs && { name, attrs, inputs: inputsOf(layer as M, x as Tensor, state) };
    },
  ];
}

const none = (): Readonly<Record<never, never>> => ({});

interface Affine {
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
}
const affine = ({ weight, bias }: Affine, x: Tensor): readonly (Tensor | undefined)[] => [x, weight, bias];

/** Whether a norm is of samples with channels on axis 1, all of whose values count, as its operator has it. */
function isOfSamples({ options: { axis = 1, batched } }: nn.GroupNorm | nn.InstanceNorm, mask: unknown): boolean {
  return axis === 1 && batched && mask === undefined;
}

type Recurrent = nn.LSTM | nn.GRU | nn.RNN;

/** Undefined while it drops between layers, and with what no operator has: a norm in every step, a projection, a mask, packed sequences. */
function recurrentAttrs(
  kind: RecurrentAttrs["kind"],
  layer: Recurrent,
  [x, , mask]: readonly unknown[],
): RecurrentAttrs | undefined {
  const { numLayers: layers, bidirectional, hiddenSize: hidden, batchFirst } = layer;
  if (layer.options.layerNorm || (layer.training && layer.dropout > 0 && layers > 1)) return undefined;
  if (mask !== undefined || !(x instanceof Tensor)) return undefined;
  if (layer instanceof nn.LSTM && layer.options.projectionSize > 0) return undefined;
  return { ...layer.options, kind, layers, directions: bidirectional ? 2 : 1, hidden, batchFirst };
}

/** @param state what the layer begins with: a tensor, a pair of them, or nothing */
function recurrentInputs(layer: Recurrent, x: Tensor, state: unknown): readonly (Tensor | undefined)[] {
  const before = layer instanceof nn.LSTM ? ((state ?? [undefined, undefined]) as readonly (Tensor | undefined)[]) : [state as Tensor | undefined]; // prettier-ignore
  const weights = layer.weights.flatMap((one) => [one.weightIh, one.weightHh, one.biasIh, one.biasHh]);
  return [x, ...before, ...weights];
}

/** Layers that are operators of ONNX by themselves; others are told by what they are made of. */
export const layerRows: ReadonlyMap<unknown, LayerRow> = new Map([
  row(nn.CELU, "celu", ({ options }) => options),
  row(nn.ELU, "elu", ({ options }) => options),
  row(nn.GELU, "gelu", ({ options: { approximate } }) => (approximate === "sigmoid" ? undefined : { approximate })),
  row(nn.HardSigmoid, "hardSigmoid", ({ options }) => options),
  row(nn.HardSwish, "hardSwish", none),
  row(nn.HardTanh, "clip", ({ options }) => options),
  row(nn.LeakyReLU, "leakyRelu", ({ options }) => ({ alpha: options.negativeSlope })),
  row(nn.Mish, "mish", none),
  row(nn.PReLU, "prelu", ({ weight }) => (weight.ndim === 1 ? {} : undefined), ({ weight }, x) => [x, weight]),
  row(nn.ReLU6, "clip", () => ({ min: 0, max: 6 })),
  row(nn.SELU, "selu", none),
  row(nn.Softplus, "softplus", ({ options }) => options),
  row(nn.Softsign, "softsign", none),
  row(nn.GroupNorm, "groupNorm", (layer, [, mask]) => (isOfSamples(layer, mask) ? { groups: layer.groups, eps: layer.eps } : undefined), affine),
  // With running statistics it is a batch norm.
  row(nn.InstanceNorm, "instanceNorm", (layer, [, mask]) => (isOfSamples(layer, mask) && layer.runningMean === undefined ? { eps: layer.eps } : undefined), affine),
  row(nn.LocalResponseNorm, "localResponseNorm", ({ size, options: { alpha, beta, k, average } }) => ({ size, alpha: average ? alpha : alpha * size, beta, k })),
  row(nn.Embedding, "embedding", none, ({ weight }, index) => [index, weight]),
  row(nn.PixelShuffle, "depthToSpace", ({ factor }) => ({ factor })),
  row(nn.ReflectionPad, "extend", ({ padding }) => ({ mode: "reflect", padding })),
  row(nn.ReplicationPad, "extend", ({ padding }) => ({ mode: "replicate", padding })),
  row(nn.LSTM, "recurrent", (layer, inputs) => recurrentAttrs("lstm", layer, inputs), recurrentInputs),
  row(nn.GRU, "recurrent", (layer, inputs) => recurrentAttrs("gru", layer, inputs), recurrentInputs),
  row(nn.RNN, "recurrent", (layer, inputs) => recurrentAttrs("rnn", layer, inputs), recurrentInputs),
]); // prettier-ignore
