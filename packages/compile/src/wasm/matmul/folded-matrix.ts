import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { planesOf } from "../../schedule/folded-product.ts";
import type { MatmulKernel } from "../../schedule/kernel.ts";
import { type Folding, planFolding } from "../routines/folding/folding.ts";

/** How a matrix of a stack is folded. */
export interface FoldedMatrix {
  readonly folding: Folding;
  /** Elements of the result. */
  readonly elements: number;
}

/** How the matrices of a product are folded, if they are: to as many planes each, one matrix after the other. */
export function foldedMatrix({ product, folding }: MatmulKernel): FoldedMatrix | undefined {
  if (folding === undefined) return undefined;
  const { attrs, inputs } = folding;
  const matrices = sizeOf(product.shape.slice(0, -2));
  const leading = Math.min(...attrs.axes);
  const planes = planesOf(folding) / matrices;
  const shape = [planes, ...attrs.shape.slice(leading)];
  const windows = [planes, ...inputs[0]!.shape.slice(leading)];
  const own = { ...attrs, axes: attrs.axes.map((axis) => axis - leading + 1), shape };
  const view = { shape: windows, strides: stridesOf(windows) };
  return { folding: planFolding(own, product.dtype, view), elements: sizeOf(shape) };
}
