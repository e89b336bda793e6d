import { functional as f } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { type Config, count, normalizedShape, withoutNullEps } from "../layers.ts";
import { settings } from "../settings.ts";
import { type Adapter, pure } from "../subject.ts";

type Inputs = Readonly<Record<string, Tensor>>;

/** The tensors of a normalization apart from its input. */
function tensors({ weight, bias, running_mean: runningMean, running_var: runningVar }: Inputs): object {
  return { weight, bias, ...(runningMean === undefined ? {} : { runningMean, runningVar }) };
}

/** A function with one input; `names` translates its settings, `call` reads the others. */
function norm(
  names: Readonly<Record<string, string | null>>,
  call: (x: Tensor, options: object, config: Config) => Tensor,
): Adapter {
  return pure((inputs, config) => call(inputs["input"]!, { ...tensors(inputs), ...settings(config, names) }, config));
}

const trailing = { normalized_shape: null, eps: "eps" };

/** One row for each function that normalizes activations. */
export const normFunctionAdapters: Readonly<Record<string, Adapter>> = {
  batch_norm: norm({ training: "training", momentum: "momentum", eps: "eps" }, f.batchNorm),
  instance_norm: norm({ use_input_stats: "training", momentum: "momentum", eps: "eps" }, f.instanceNorm),
  layer_norm: norm(trailing, (x, options, config) => f.layerNorm(x, normalizedShape(config), options)),
  rms_norm: norm(trailing, (x, options, config) =>
    f.rmsNorm(x, normalizedShape(config), { ...options, ...settings(withoutNullEps(config), trailing) }),
  ),
  group_norm: norm({ num_groups: null, eps: "eps" }, (x, options, config) =>
    f.groupNorm(x, count(config, "num_groups"), options),
  ),
  local_response_norm: pure(({ input }, config) => {
    const names = { size: null, alpha: "alpha", beta: "beta", k: "k" };
    return f.localResponseNorm(input as Tensor, count(config, "size"), settings(config, names));
  }),
  normalize: pure(({ input }, config) =>
    f.normalize(input as Tensor, settings(config, { p: "p", dim: "axis", eps: "eps" })),
  ),
};
