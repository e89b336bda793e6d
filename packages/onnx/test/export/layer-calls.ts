import type { AnyModule, Module } from "@tapegrad/nn";
import { assign, cat, rand, randn, Tensor } from "@tapegrad/tensor";
import { samples } from "../../../nn/test/module/layer-samples.ts";

/** A layer, and what its sample calls it with. */
export interface LayerCall {
  readonly layer: AnyModule;
  readonly inputs: readonly Tensor[];
  /** Whether it takes batches of any size. */
  readonly dynamicBatch: boolean;
}

/**
 * Those that are not called themselves, as lists and dictionaries, or with a number besides or what is packed, of which a function of tensors
 * around one can be exported; and those that draw.
 */
const left: readonly string[] = [
  ...["ModuleList", "ModuleDict", "ParameterList", "ParameterDict"],
  ...["AdaptiveBatchNorm", "RNN of packed sequences"],
  ...["FractionalMaxPool2d", "FractionalMaxPool3d"],
];

/** The sample of each other class. */
export const layerNames: readonly string[] = Object.keys(samples).filter((name) => !left.includes(name));

/** Layers whose first axes are of a known extent: those that loop over one, and those of edges, which are pairs, and of bags. */
const fixed: readonly string[] = [
  ...["CTCLoss", "RecurrentBatchNorm", "RNN with layer norm", "LSTM with layer norm", "GRU with layer norm"],
  ...["GRU with a mask", "LSTM with a projection"],
  ...["GCNConv", "GATConv", "EmbeddingBag with offsets"],
];

/** Gives parameters and statistics other elements than the ones and zeros of a fresh layer. */
export function shuffle(layer: AnyModule): void {
  for (const parameter of layer.parameters()) assign(parameter, randn(parameter.shape, { dtype: parameter.dtype }));
  for (const [name, buffer] of layer.namedBuffers()) {
    if (name.endsWith("runningMean")) assign(buffer, randn(buffer.shape));
    if (name.endsWith("runningVar")) assign(buffer, rand(buffer.shape).add(0.5));
  }
}

/** A layer of the class, and the inputs of its sample. */
export function layerCall(name: string): LayerCall {
  const [layer, run] = samples[name]!();
  shuffle(layer);
  let inputs: readonly Tensor[] = [];
  const hook = (layer as Module).registerForwardPreHook((_, given) => {
    inputs = given.filter((input) => input instanceof Tensor);
  });
  run(layer as never);
  hook.remove();
  return { layer, inputs, dynamicBatch: !fixed.includes(name) };
}

/** The inputs themselves, and others of twice as many samples where the batch is open. */
export function batchesOf({ inputs, dynamicBatch }: Omit<LayerCall, "layer">): readonly (readonly Tensor[])[] {
  return dynamicBatch ? [inputs, twice(inputs)] : [inputs];
}

/** Twice as many samples, others among them. */
export function twice(inputs: readonly Tensor[]): Tensor[] {
  return inputs.map((x) => cat([x, x.flip(0)]));
}
