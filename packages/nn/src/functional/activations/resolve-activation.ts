import { type Tensor, ValueError } from "@tapegrad/tensor";
import { celu } from "./celu.ts";
import { elu } from "../../activations/elu.ts";
import { gelu } from "./gelu.ts";
import { glu } from "./glu.ts";
import { hardSigmoid } from "./hard-sigmoid.ts";
import { hardSwish } from "./hard-swish.ts";
import { hardTanh } from "./hard-tanh.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { logSigmoid } from "./log-sigmoid.ts";
import { logSoftmax } from "./log-softmax.ts";
import { mish } from "./mish.ts";
import { relu } from "./relu.ts";
import { relu6 } from "./relu6.ts";
import { selu } from "./selu.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { softmax } from "./softmax.ts";
import { softmin } from "./softmin.ts";
import { softplus } from "./softplus.ts";
import { softsign } from "./softsign.ts";
import { swiglu } from "./swiglu.ts";
import { tanh } from "./tanh.ts";

/** A function from tensor to tensor without parameters. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** Name of an activation with its standard options. */
export type ActivationName =
  | "relu"
  | "leakyRelu"
  | "elu"
  | "selu"
  | "celu"
  | "gelu"
  | "geluTanh"
  | "silu"
  | "swish"
  | "mish"
  | "softplus"
  | "softsign"
  | "sigmoid"
  | "logSigmoid"
  | "tanh"
  | "hardTanh"
  | "hardSigmoid"
  | "hardSwish"
  | "relu6"
  | "softmax"
  | "logSoftmax"
  | "softmin"
  | "glu"
  | "swiglu"
  | "identity";

const named: Readonly<Record<ActivationName, ActivationFunction>> = {
  relu,
  leakyRelu,
  elu,
  selu,
  celu,
  gelu,
  geluTanh: (x: Tensor): Tensor => gelu(x, { approximate: "tanh" }),
  silu,
  swish: silu,
  mish,
  softplus,
  softsign,
  sigmoid,
  logSigmoid,
  tanh,
  hardTanh,
  hardSigmoid,
  hardSwish,
  relu6,
  softmax,
  logSoftmax,
  softmin,
  glu,
  swiglu,
  identity: (x: Tensor): Tensor => x,
};

const activations: ReadonlyMap<string, ActivationFunction> = new Map(
  Object.entries(named).map(([name, fn]) => [name, (x: Tensor) => fn(x)]),
);

/** Names that {@link resolveActivation} knows. */
export const activationNames: readonly ActivationName[] = Object.keys(named) as ActivationName[];

/**
 * The activation function of a name; a function is returned as it is.
 *
 * @throws {ValueError} for an unknown name, with all that are allowed
 *
 * @example
 * resolveActivation("relu")(tensor([-1, 2])).toArray(); // => [0, 2]
 */
export function resolveActivation(activation: ActivationName | ActivationFunction): ActivationFunction;
export function resolveActivation(activation: string | ActivationFunction): ActivationFunction;
export function resolveActivation(activation: string | ActivationFunction): ActivationFunction {
  if (typeof activation === "function") return activation;
  const found = activations.get(activation);
  if (found === undefined) {
    const got = typeof activation === "string" ? `"${activation}"` : String(activation);
    throw new ValueError(`Activation: expected a function or one of ${activationNames.join(", ")}, got ${got}.`);
  }
  return found;
}
