import { functional as f } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { callRunner, type CaseRunner } from "../run-case.ts";
import { settings } from "../settings.ts";
import { type Adapter, pure } from "../subject.ts";

/** An activation with one input; `names` translates its settings. */
function activation<O extends object>(
  call: (x: Tensor, options: O) => Tensor,
  names: Readonly<Record<string, string>> = {},
): Adapter {
  return pure(({ input }, config) => call(input as Tensor, settings<O>(config, names)));
}

const alongAxis = { dim: "axis" } as const;

/** One row for each activation of PyTorch. */
export const activationAdapters: Readonly<Record<string, Adapter>> = {
  relu: activation((x) => f.relu(x)),
  relu6: activation((x) => f.relu6(x)),
  leaky_relu: activation(f.leakyRelu, { negative_slope: "negativeSlope" }),
  prelu: pure(({ input, weight }) => f.prelu(input as Tensor, weight as Tensor)),
  elu: activation(f.elu, { alpha: "alpha" }),
  selu: activation((x) => f.selu(x)),
  celu: activation(f.celu, { alpha: "alpha" }),
  gelu: activation(f.gelu, { approximate: "approximate" }),
  silu: activation((x) => f.silu(x)),
  mish: activation((x) => f.mish(x)),
  softplus: activation(f.softplus, { beta: "beta", threshold: "threshold" }),
  softsign: activation((x) => f.softsign(x)),
  sigmoid: activation((x) => f.sigmoid(x)),
  logsigmoid: activation((x) => f.logSigmoid(x)),
  tanh: activation((x) => f.tanh(x)),
  hardtanh: activation(f.hardTanh, { min_val: "min", max_val: "max" }),
  hardsigmoid: activation((x) => f.hardSigmoid(x)),
  hardswish: activation((x) => f.hardSwish(x)),
  threshold: activation((x, { limit, value }: { limit: number; value: number }) => f.threshold(x, limit, value), {
    threshold: "limit",
    value: "value",
  }),
  softmax: activation(f.softmax, alongAxis),
  log_softmax: activation(f.logSoftmax, alongAxis),
  softmin: activation(f.softmin, alongAxis),
  glu: activation(f.glu, alongAxis),
};

/** Runs a case of activations.json. */
export const activations: CaseRunner = callRunner(activationAdapters);
