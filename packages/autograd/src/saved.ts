import { GradError } from "@tapegrad/tensor";
import type { DType, Tensor } from "@tapegrad/tensor";
import type { GradNode } from "@tapegrad/tensor/internal";

/**
 * What a node saved of its forward application. Reading a tensor checks that nobody has
 * assigned to it since; its shape and dtype never change and need no check.
 */
export class Saved {
  readonly #node: GradNode;

  constructor(node: GradNode) {
    this.#node = node;
  }

  /** Input `index` as it was in the forward application. */
  input(index: number): Tensor {
    const node = this.#node;
    node.readSaved = true;
    if (node.unpack !== undefined) return node.unpack("input", index);
    const tensor = node.inputs[index]!;
    checkVersion(node.name, "input", index, tensor, node.inputVersions[index]!);
    return tensor;
  }

  /** Output `index` as the forward application made it. */
  output(index: number): Tensor {
    const node = this.#node;
    node.readSaved = true;
    if (node.unpack !== undefined) return node.unpack("output", index);
    const tensor = node.outputs[index]!;
    checkVersion(node.name, "output", index, tensor, node.outputVersions[index]!);
    return tensor;
  }

  /** Shape of input `index`. */
  shape(index: number): readonly number[] {
    return this.#node.inputs[index]!.shape;
  }

  /** Dtype of input `index`. */
  dtype(index: number): DType {
    return this.#node.inputs[index]!.dtype;
  }
}

/**
 * Throws if `tensor` was assigned to after `fn` had saved it.
 *
 * @throws {GradError} `exp: expected output 0 at version 0 as saved, got version 1. ...`
 */
export function checkVersion(
  fn: string,
  role: "input" | "output" | "saved tensor",
  index: number,
  tensor: Tensor,
  version: number,
): void {
  const now = tensor.storage.version;
  if (now === version) return;
  throw new GradError(
    `${fn}: expected ${role} ${index} at version ${version} as saved, got version ${now}. ` +
      "It was changed by assign between forward and backward: assign after backward, or use a clone() of it.",
  );
}
