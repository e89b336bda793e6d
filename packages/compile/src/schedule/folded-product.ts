import { dtypes, sizeOf } from "@tapegrad/tensor/internal";
import type { Operation } from "../graph/graph.ts";
import type { Kernel, MatmulKernel } from "./kernel.ts";
import { isWhole } from "./view.ts";

/** What of a product stays in the second cache until it is folded. */
const mostBytes = 2 ** 18;

/**
 * The product of a stack whose matrices are folded one by one, as soon as each is there, where the one kernel that reads it
 * folds windows: so is the gradient of a convolution by its input, image by image.
 */
export function withFolding(kernel: MatmulKernel, reader: Kernel): MatmulKernel | undefined {
  const { product, b } = kernel;
  if (reader.kind !== "routine" || reader.operation.name !== "foldWindows") return undefined;
  if (!isWhole(reader.views[0]!)) return undefined;
  const folding = reader.operation as Operation<"foldWindows">;
  const stack = product.shape.slice(0, -2);
  const planes = planesOf(folding);
  if (planes === 0 || sizeOf(product.shape) === 0 || planes % sizeOf(stack) !== 0) return undefined;
  // Of one B under several A, all rows are one product.
  const last = stack.findLastIndex((size) => size > 1);
  const moves = b.axes.at(last - product.shape.length)?.some(({ size, stride }) => size > 1 && stride !== 0);
  if (last < 0 || moves !== true) return undefined;
  const matrix = sizeOf(product.shape.slice(-2)) * dtypes[product.dtype].bytes;
  return matrix > mostBytes ? undefined : { ...kernel, to: folding.outputs[0]!, folding };
}

/** Positions in front of the axes that have windows. */
export function planesOf({ attrs: { axes, shape } }: Operation<"foldWindows">): number {
  return sizeOf(shape.slice(0, Math.min(...axes, shape.length)));
}
