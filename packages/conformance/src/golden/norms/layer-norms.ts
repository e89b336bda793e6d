import type { Module } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { buildLayer } from "../layers.ts";
import { type Adapter, moduleSubject } from "../subject.ts";

const layer: Adapter = (golden) => moduleSubject(buildLayer(golden.op, golden.config) as Module, golden);

/** A layer that in PyTorch also takes one sample without a batch axis, of `rank` axes. */
function unbatched(rank: number): Adapter {
  return (golden) => {
    const subject = layer(golden);
    return {
      ...subject,
      forward: (inputs) => {
        const { input } = inputs as { readonly input: Tensor };
        if (input.ndim !== rank) return subject.forward(inputs);
        return subject.forward({ input: input.unsqueeze(0) }).map((output) => output.squeeze(0));
      },
    };
  };
}

/** One row for each layer that normalizes activations. */
export const layerNormAdapters: Readonly<Record<string, Adapter>> = {
  BatchNorm1d: layer,
  BatchNorm2d: layer,
  BatchNorm3d: layer,
  LayerNorm: layer,
  RMSNorm: layer,
  GroupNorm: layer,
  InstanceNorm1d: unbatched(2),
  InstanceNorm2d: unbatched(3),
  InstanceNorm3d: unbatched(4),
  LocalResponseNorm: layer,
};
