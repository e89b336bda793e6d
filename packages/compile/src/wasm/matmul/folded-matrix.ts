import { gemmRowStep, type GemmSpec } from "@tapegrad/simd";
import { dtypes, sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { planesOf } from "../../schedule/folded-product.ts";
import type { MatmulKernel } from "../../schedule/kernel.ts";
import { type Folding, planFolding } from "../routines/folding/folding.ts";

/** How a matrix of a stack is folded: to some planes, each of some of its rows. */
export interface FoldedMatrix {
  readonly folding: Folding;
  /** Elements of the result. */
  readonly elements: number;
  /** What is multiplied before it is folded: planes of the result, and rows of the matrix. */
  readonly planes: number;
  readonly rows: number;
}

/** Rows that wait to be folded stay in the first cache, */
const mostBytes = 2 ** 15;
/** but are so many that they repay reading B. */
const leastRows = 48;

/** How the matrices of a product are folded, if they are: one after the other gives as many planes. */
export function foldedMatrix({ product, folding }: MatmulKernel, spec: GemmSpec): FoldedMatrix | undefined {
  if (folding === undefined) return undefined;
  const { attrs, inputs } = folding;
  const leading = Math.min(...attrs.axes);
  const count = planesOf(folding) / sizeOf(product.shape.slice(0, -2));
  const shape = [count, ...attrs.shape.slice(leading)];
  const windows = [count, ...inputs[0]!.shape.slice(leading)];
  const own = { ...attrs, axes: attrs.axes.map((axis) => axis - leading + 1), shape };
  const plan = planFolding(own, product.dtype, { shape: windows, strides: stridesOf(windows) });
  const planes = planesAtATime(spec, count);
  return { folding: plan, elements: sizeOf(shape), planes, rows: (spec.m * planes) / count };
}

/** Some planes of whole tiles of rows, or all. */
function planesAtATime(spec: GemmSpec, count: number): number {
  const rows = spec.m / count;
  if (!Number.isInteger(rows)) return count;
  const tile = gemmRowStep(spec);
  let planes = 1;
  while ((planes * rows) % tile !== 0) planes++;
  const bytes = planes * rows * spec.n * dtypes[spec.dtype].bytes;
  const turns = Math.max(1, Math.floor(mostBytes / bytes), Math.ceil(leastRows / (planes * rows)));
  return Math.min(count, planes * turns);
}
