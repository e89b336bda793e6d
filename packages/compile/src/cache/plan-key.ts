import { CompileError, type Tensor } from "@tapegrad/tensor";
import { formatShape, gradMode, isAt } from "@tapegrad/tensor/internal";
import type { Dependencies } from "../trace/dependencies.ts";
import type { Tree } from "../trace/tree.ts";
import { expectUnhooked } from "../trace/expect-unhooked.ts";
import { isUnchanged } from "../trace/watched-fields.ts";

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

/** Whether everything that a trace depends on, but its arguments, is as it was then. */
export function isCurrent(
  { cellGuards, fieldGuards, placeGuards, dataGuards, gradGuards, flagGuards, captured, leaves, changed }: Dependencies,
  tensors: readonly Tensor[],
): boolean {
  for (const [cell, value] of cellGuards) if (!Object.is(cell.get(), value)) return false;
  for (const guard of fieldGuards) if (!isUnchanged(guard)) return false;
  for (const { place, part } of placeGuards) if (!isAt(place, part)) return false;
  for (const [storage, version] of dataGuards) if (storage.version !== version) return false;
  for (const { leaf, present } of gradGuards) if ((leaf["rawGrad"] !== undefined) !== present) return false;
  for (const [tensor, flag] of flagGuards) if (tensor.requiresGrad !== flag) return false;
  for (const { tensor, dtype } of captured) if (tensor.storage.dtype !== dtype) return false;
  for (const tensor of tensors) if (leaves.has(tensor) || changed.has(tensor.storage)) return false;
  return true;
}
