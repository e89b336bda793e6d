import type { Tensor } from "@tapegrad/tensor";
import {
  type ActivationFunction,
  type ActivationName,
  resolveActivation,
} from "../../functional/activations/resolve-activation.ts";
import { Module } from "../../module/module.ts";

/**
 * An activation by name, or any function from tensor to tensor.
 *
 * @throws {ValueError} for an unknown name, with all that are allowed
 *
 * @example
 * new Activation("relu").forward(tensor([-1, 2])).toArray(); // => [0, 2]
 */
export class Activation extends Module {
  readonly #fn: ActivationFunction;
  readonly #name: string;

  constructor(activation: ActivationName | ActivationFunction) {
    super();
    this.#fn = resolveActivation(activation);
    this.#name = typeof activation === "string" ? activation : activation.name;
  }

  override forward(x: Tensor): Tensor {
    return this.#fn(x);
  }

  override details(): string {
    return this.#name;
  }
}
