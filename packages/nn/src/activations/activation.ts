import type { Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  optional,
  type OptionTable,
  ranges,
  resolveName,
  type Word,
} from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import type * as functions from "./activations.ts";
import { celu } from "./celu.ts";
import { elu } from "./elu.ts";
import { gelu } from "./gelu.ts";
import { glu } from "./glu.ts";
import { hardShrink } from "./hard-shrink.ts";
import { hardSigmoid } from "./hard-sigmoid.ts";
import { hardSwish } from "./hard-swish.ts";
import { hardTanh } from "./hard-tanh.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { logSigmoid } from "./log-sigmoid.ts";
import { logSoftmax } from "./log-softmax.ts";
import { mish } from "./mish.ts";
import { relu } from "./relu.ts";
import { relu6 } from "./relu6.ts";
import { reluSquared } from "./relu-squared.ts";
import { selu } from "./selu.ts";
import { shrink } from "./shrink.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { softmax } from "./softmax.ts";
import { softmin } from "./softmin.ts";
import { softplus } from "./softplus.ts";
import { softShrink } from "./soft-shrink.ts";
import { softsign } from "./softsign.ts";
import { sparsemax } from "./sparsemax.ts";
import { sparsePlus } from "./sparse-plus.ts";
import { sparseSigmoid } from "./sparse-sigmoid.ts";
import { squareplus } from "./squareplus.ts";
import { step } from "./step.ts";
import { swiglu } from "./swiglu.ts";
import { tanh } from "./tanh.ts";
import { tanhShrink } from "./tanh-shrink.ts";

/** A function from a tensor of any shape to one of the same shape and float dtype, without parameters. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** Names of activations in camelCase: the functions that need nothing but `x`, other words for them, and what has no function of its own. */
export type ActivationWord =
  | Exclude<keyof typeof functions, "gumbelSoftmax" | "prelu" | "rrelu" | "threshold" | "tlu">
  | "geluTanh"
  | "swish"
  | "hardSilu"
  | "identity"
  | "linear"
  | "exponential";

/**
 * Name of an activation with its standard options, in camelCase or in Keras' snake_case: of every function that needs
 * nothing but `x`, and a few more.
 */
export type ActivationName = Word<ActivationWord>;

// Not the namespace: a bundler leaves out what a program does not name.
const named: { readonly [N in ActivationWord]: ActivationFunction } = {
  celu,
  elu,
  gelu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  mish,
  relu,
  relu6,
  reluSquared,
  selu,
  shrink,
  sigmoid,
  silu,
  softmax,
  softmin,
  softplus,
  softShrink,
  softsign,
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  step,
  swiglu,
  tanh,
  tanhShrink,
  geluTanh: (x) => gelu(x, { approximate: "tanh" }),
  swish: silu,
  hardSilu: hardSwish,
  identity: (x) => x,
  linear: (x) => x,
  exponential: (x) => x.exp(),
};

/** An option that is an activation, none unless given. */
export interface ActivationOption {
  /** Applied last, a function or its name; none unless given. */
  readonly activation?: ActivationName | ActivationFunction | undefined;
}

/** {@link ActivationOption} as a row. */
export const activationRow: OptionTable<ActivationOption> = { activation: optional(ranges.functionOrName()) };

/** Names that {@link resolveActivation} knows. */
export const activationNames: readonly ActivationName[] = Object.keys(named) as ActivationName[];

/**
 * The activation function of a name, in which case, underscores and hyphens do not matter; a function is returned as
 * it is.
 *
 * @throws {ValueError} for an unknown name, with all that are allowed
 * @example
 * resolveActivation("relu")(tensor([-1, 2])).toArray(); // => [0, 2]
 */
export function resolveActivation(activation: ActivationName | ActivationFunction, ...none: []): ActivationFunction;
export function resolveActivation(activation: string | ActivationFunction, ...none: []): ActivationFunction;
export function resolveActivation(activation: string | ActivationFunction, ...none: []): ActivationFunction {
  expectNothing("resolveActivation", none);
  return activationOf("resolveActivation", activation);
}

/**
 * {@link resolveActivation} for whatever takes an activation.
 *
 * @param caller name of the function or layer that was called, for the message
 */
export function activationOf(caller: string, activation: string | ActivationFunction): ActivationFunction {
  if (typeof activation === "function") return activation;
  const fn = resolveName<ActivationFunction>(caller, "a function", named, activation);
  // Of one argument, so that map and the like hand no options on.
  return (x) => fn(x);
}

/** The activation among options, if there is one. */
export function givenActivation(caller: string, { activation }: ActivationOption): ActivationFunction | undefined {
  return activation === undefined ? undefined : activationOf(caller, activation);
}

/** `activation(y)`, or `y` where there is none. */
export function activate(y: Tensor, activation: ActivationFunction | undefined): Tensor {
  return activation === undefined ? y : activation(y);
}

/**
 * An activation by name, or any function from tensor to tensor.
 *
 * @throws {ValueError} for an unknown name, with all that are allowed
 * @example
 * new Activation("relu").forward(tensor([-1, 2])).toArray(); // => [0, 2]
 */
export class Activation extends Module {
  static override readonly name: string = "Activation";
  private readonly activationFunction: ActivationFunction;
  private readonly activationName: string;

  constructor(activation: ActivationName | ActivationFunction, ...none: []) {
    super(...none);
    this.activationFunction = activationOf("Activation", activation);
    this.activationName = typeof activation === "string" ? activation : activation.name;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Activation.forward", none);
    expectTensor("Activation.forward", "x", x);
    return this.activationFunction(x);
  }

  override details(): string {
    return this.activationName;
  }
}
