import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, resolveName } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import * as functions from "./activations.ts";
import { gelu } from "./gelu.ts";
import { silu } from "./silu.ts";

/** A function from a tensor of any shape to one of the same shape and float dtype, without parameters. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** Name of an activation with its standard options: of every function that needs nothing but `x`, and a few more. */
export type ActivationName = Exclude<keyof typeof functions, "prelu" | "threshold"> | keyof typeof furtherNames;

const furtherNames = {
  geluTanh: (x: Tensor): Tensor => gelu(x, { approximate: "tanh" }),
  swish: (x: Tensor): Tensor => silu(x),
  identity: (x: Tensor): Tensor => x,
};
const { prelu: _prelu, threshold: _threshold, ...plain } = functions;
const named: Readonly<Record<ActivationName, ActivationFunction>> = { ...plain, ...furtherNames };

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
