import { foldGroups, groupLayout, type GroupLayout, standardizeGroups, standardizeGroupsGrad } from "@tapegrad/simd";
import { allocateEmpty } from "../array-pool.ts";
import { fromTotals, type TypedArray } from "../dtype.ts";
import type { AxesAttrs, StandardizeAttrs } from "../primitives/primitive.ts";
import { sizeOf, type Shape } from "../shape.ts";
import type { Kernel, Kernels } from "./kernel.ts";

/** Elements from which on copying to the kernels pays, and those of a block: each is copied by itself. */
const [least, leastBlock] = [1024, 512];

/** The groups of what is worthwhile. */
export function layoutOf(data: TypedArray, shape: Shape, axes: readonly number[]): GroupLayout | undefined {
  if (data.length < least) return undefined;
  const layout = groupLayout(shape, axes);
  return layout !== undefined && layout.kept * layout.reduced >= leastBlock ? layout : undefined;
}

function fold(name: "sum" | "max" | "min", start: number): Kernel<AxesAttrs> {
  return (inputs, { axes }, outputs) => {
    const { data, shape } = inputs[0]!;
    if (!(data instanceof Float32Array)) return undefined;
    const layout = layoutOf(data, shape, axes);
    if (layout === undefined) return undefined;
    const totals = new Float64Array(sizeOf(outputs[0]!.shape)).fill(start);
    foldGroups(name, data, layout, totals);
    return [fromTotals("float32", totals)];
  };
}

const standardize: Kernel<StandardizeAttrs> = (inputs, attrs, outputs) => {
  const { data, shape } = inputs[0]!;
  if (!(data instanceof Float32Array)) return undefined;
  const layout = layoutOf(data, shape, attrs.axes);
  if (layout === undefined) return undefined;
  const xhat = allocateEmpty("float32", data.length) as Float32Array;
  const rstd = allocateEmpty("float32", sizeOf(outputs[1]!.shape)) as Float32Array;
  standardizeGroups(data, layout, attrs, xhat, rstd);
  return [xhat, rstd];
};

const standardizeGrad: Kernel<StandardizeAttrs> = (inputs, attrs) => {
  const [g, x] = [inputs[0]!.data, inputs[1]!.data];
  if (!(g instanceof Float32Array && x instanceof Float32Array)) return undefined;
  const layout = layoutOf(x, inputs[1]!.shape, attrs.axes);
  if (layout === undefined) return undefined;
  const dx = allocateEmpty("float32", x.length) as Float32Array;
  standardizeGroupsGrad(g, x, layout, attrs, dx);
  return [dx];
};

/** Kernels of what sums up groups of float32. */
export const groupKernels: Kernels = {
  sum: fold("sum", 0),
  max: fold("max", -Infinity),
  min: fold("min", Infinity),
  standardize,
  standardizeGrad,
};
