import { sizeOf } from "@tapegrad/tensor/internal";
import type { Operation } from "../graph/graph.ts";
import type { Kernel, MatmulKernel } from "./kernel.ts";
import { isWhole } from "./view.ts";

/**
 * The product of a stack whose matrices are folded one by one, while they are in the caches, where the one kernel that reads
 * it folds windows: so is the gradient of a convolution by its input, image by image.
 */
export function withFolding(kernel: MatmulKernel, reader: Kernel): MatmulKernel | undefined {
  const { product, b } = kernel;
  if (reader.kind !== "routine" || reader.operation.name !== "foldWindows") return undefined;
  const folding = reader.operation as Operation<"foldWindows">;
  if (!isWhole(reader.views[0]!) || folding.attrs.axes.length === 0) return undefined;
  const stack = product.shape.slice(0, -2);
  const planes = planesOf(folding);
  if (planes === 0 || sizeOf(product.shape) === 0 || planes % sizeOf(stack) !== 0) return undefined;
  // Of one B under several A, all rows are one product.
  const last = stack.findLastIndex((size) => size > 1);
  const moves = b.axes.at(last - product.shape.length)?.some(({ size, stride }) => size > 1 && stride !== 0);
  return moves === true ? { ...kernel, to: folding.outputs[0]!, folding } : undefined;
}

/** Positions in front of the axes that have windows. */
export function planesOf({ attrs: { axes, shape } }: Operation<"foldWindows">): number {
  return sizeOf(shape.slice(0, Math.min(...axes)));
}
