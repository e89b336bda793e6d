import { type Module, norms } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { buildLayer, type Config } from "../layers.ts";
import { settings } from "../settings.ts";
import { type Adapter, moduleSubject } from "../subject.ts";

type Weighted = Module & { readonly weight: Tensor };

/** The layer that is wrapped, in float64. */
function wrapped({ module }: Config): Weighted {
  const { type, ...config } = module as Config;
  return buildLayer(type, config).to("float64") as Weighted;
}

/** One row for each function that normalizes the weight of a layer. */
export const weightNormAdapters: Readonly<Record<string, Adapter>> = {
  weight_norm: (golden) => {
    const options = settings(golden.config, { module: null, dim: "axis" });
    return moduleSubject(norms.weightNorm(wrapped(golden.config), options), golden);
  },
  spectral_norm: (golden) => {
    const options = settings(golden.config, { module: null, n_power_iterations: "iterations", eps: "eps" });
    return moduleSubject(norms.spectralNorm(wrapped(golden.config), options), golden);
  },
};
