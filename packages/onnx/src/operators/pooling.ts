import { functional as F } from "@tapegrad/nn";
import { onesLike, type Tensor, zeros } from "@tapegrad/tensor";
import { isFloat, sizeOf } from "@tapegrad/tensor/internal";
import type { NodeCall, Operators } from "./node-call.ts";
import { asPadding, checkWindows, type Margins, perAxis, type Sliding, slidingOf } from "./sliding.ts";

const averages = [F.avgPool1d, F.avgPool2d, F.avgPool3d];

/** How the windows slide; with `ceil_mode` the end grows by what the last window lacks. */
function pooling(call: NodeCall, x: Tensor): Sliding & { readonly grown: Margins } {
  const extents = x.shape.slice(2);
  const sliding = slidingOf(call, extents);
  const { size, stride, dilation, margins } = sliding;
  const ceil = call.flag("ceil_mode", false);
  const grown = margins.map(([low, high], k): [number, number] => {
    const span = (size[k]! - 1) * dilation[k]! + 1;
    const rest = (extents[k]! + low + high - span) % stride[k]!;
    return [low, high + (ceil && rest > 0 ? stride[k]! - rest : 0)];
  });
  checkWindows(call, x.shape, { ...sliding, margins: grown });
  return { ...sliding, grown };
}

function widen(x: Tensor, margins: Margins, value = 0): Tensor {
  return x.pad([[0, 0], [0, 0], ...margins], { value });
}

function averagePool(call: NodeCall): Tensor {
  const x = call.input(0);
  const sliding = pooling(call, x);
  const { size, stride, dilation, margins, grown } = sliding;
  if (dilation.some((by) => by !== 1)) call.fail("attribute.dilations", `expected 1 only, got [${dilation.join()}]`);
  const average =
    averages[size.length - 1] ?? call.fail("input[0]", `expected 1 to 3 spatial axes, got ${size.length}`);
  const countIncludePad = call.flag("count_include_pad", false);
  const padding = asPadding(sliding);
  if (padding !== undefined) {
    return average(x, size, { stride, padding, countIncludePad, ceilMode: call.flag("ceil_mode", false) });
  }
  // The share of each window that counts: the input, or the input with its padding.
  const counted = countIncludePad ? widen(onesLike(x), margins, 1) : onesLike(x);
  const beyond = grown.map(([, high], k): [number, number] => [0, high - (margins[k]?.[1] ?? 0)]);
  const share = average(widen(counted, countIncludePad ? beyond : grown), size, { stride });
  return average(widen(x, grown), size, { stride }).div(share);
}

function maxPool(call: NodeCall): readonly (Tensor | undefined)[] {
  const x = call.input(0);
  const sliding = pooling(call, x);
  const { size, stride, dilation, grown } = sliding;
  const padding = asPadding(sliding);
  if (padding !== undefined) {
    const options = { stride, dilation, padding, ceilMode: call.flag("ceil_mode", false) };
    const { values, indices } = F.maxPoolWithIndices(x, size, options);
    const none = grown.map((): [number, number] => [0, 0]);
    return [values, call.wants(1) ? flatPositions(call, x, none, indices) : undefined];
  }
  const padded = widen(x, grown, isFloat(x.dtype) ? -Infinity : -(2 ** 31));
  const { values, indices } = F.maxPoolWithIndices(padded, size, { stride, dilation });
  return [values, call.wants(1) ? flatPositions(call, x, grown, indices) : undefined];
}

/** Positions within padded planes as positions within the whole unpadded input. */
function flatPositions(call: NodeCall, x: Tensor, margins: Margins, indices: Tensor): Tensor {
  const extents = x.shape.slice(2);
  const padded = extents.map((extent, k) => extent + (margins[k]?.[0] ?? 0) + (margins[k]?.[1] ?? 0));
  const columnMajor = call.int("storage_order", 0) === 1;
  const planes = zeros([x.shape[0]!, x.shape[1]!, ...extents.map(() => 1)], { dtype: "int32" });
  const perPlane = sizeOf(extents);
  const plane = planes.add(1).flatten().cumsum({ axis: 0 }).sub(1).mul(perPlane).reshape(planes.shape);
  const position = indices.to("float64");
  const along = extents.map((_, k) => {
    const index = position
      .div(sizeOf(padded.slice(k + 1)))
      .floor()
      .remainder(padded[k]!)
      .sub(margins[k]?.[0] ?? 0);
    return index.mul(columnMajor ? sizeOf(extents.slice(0, k)) : sizeOf(extents.slice(k + 1)));
  });
  return along
    .reduce((sum, part) => sum.add(part))
    .to("int32")
    .add(plane);
}

/** The reduction of all spatial axes. */
function spatial(x: Tensor): { readonly axis: number[]; readonly keepDims: true } {
  return { axis: x.shape.map((_, i) => i).slice(2), keepDims: true };
}

/** Puts each value where it was before pooling, among zeros. */
function maxUnpool(call: NodeCall): Tensor {
  const [x, index] = [call.input(0), call.input(1)];
  const rank = x.ndim - 2;
  const [size, stride] = [perAxis(call, "kernel_shape", rank), perAxis(call, "strides", rank)];
  const extents = x.shape.slice(2).map((extent, k) => (extent - 1) * stride[k]! + size[k]!);
  const shape = call.extents("attribute.strides", [...x.shape.slice(0, 2), ...extents]);
  const flat = zeros([sizeOf(shape)], { dtype: x.dtype }).scatterAdd(0, index.reshape(index.size), x.reshape(x.size));
  const y = flat.reshape(shape);
  const wanted = call.intsOf(2);
  return wanted === undefined ? y : y.pad(shape.map((extent, i) => [0, (wanted[i] ?? extent) - extent]));
}

/** Pooling. */
export const poolings: Operators = {
  AveragePool: averagePool,
  MaxPool: maxPool,
  MaxUnpool: maxUnpool,
  GlobalAveragePool: (call) => call.input(0).mean(spatial(call.input(0))),
  GlobalMaxPool: (call) => call.input(0).max(spatial(call.input(0))),
};
