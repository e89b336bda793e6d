import { CompileError, type Tensor } from "@tapegrad/tensor";
import { formatShape, gradMode } from "@tapegrad/tensor/internal";
import type { Tree } from "../trace/tree.ts";
import { expectUnhooked } from "../trace/expect-unhooked.ts";

/**
 * What a plan is made for: structure, shapes and dtypes of the arguments, which of them have gradients, and whether
 * operations are recorded.
 *
 * @throws {CompileError} for an argument that is the result of a recorded operation, or has hooks, or no value
 */
export function planKey({ tensors, structure }: Tree): string {
  expectUnhooked(tensors);
  const specs = tensors.map((tensor, index) => {
    const { node, shape, dtype, requiresGrad, storage } = tensor;
    if (storage.data === undefined) {
      throw new CompileError(
        `compile: expected arguments with values, got one of shape ${formatShape(shape)} that another trace left behind. ` +
          "Return it from that function.",
      );
    }
    if (node !== undefined && gradMode.enabled) {
      throw new CompileError(
        `compile: expected arguments outside the recorded graph, got the result of ${node.name} of shape ` +
          `${formatShape(shape)} as tensor ${index}. Pass its detach(), or compute it in the function.`,
      );
    }
    return `${dtype}[${shape.join()}]${requiresGrad ? "'" : ""}${hasGrad(tensor) ? "'" : ""}`;
  });
  return `${structure} ${specs.join(" ")} ${gradMode.enabled}`;
}

/** Whether a tensor among the arguments has a gradient that the function may add to. */
export function hasGrad(tensor: Tensor): boolean {
  return tensor.requiresGrad && tensor["rawGrad"] !== undefined;
}
