import { extremeStrided, movementThreshold as least, packStrided, spreadStrided } from "@tapegrad/simd";
import { addedAt, elementsAt } from "../primitives/maxima.ts";
import type { MaximaAttrs } from "../primitives/primitive.ts";
import { padView } from "../primitives/views.ts";
import { latticeOf, type Shape, sizeOf, stridesOf } from "../shape.ts";
import type { Block, Spec } from "../storage.ts";
import type { Kernels } from "./kernel.ts";

/** `x` between −∞, and its shape then. */
function padded(x: Block, { margins }: MaximaAttrs): Spec & { readonly data: Float32Array | undefined } {
  const lead = x.shape.length - margins.length;
  const [low, high] = [0, 1].map((end) => x.shape.map((_, axis) => margins[axis - lead]?.[end] ?? 0)) as [
    number[],
    number[],
  ];
  const data = x.data as Float32Array;
  const shape = x.shape.map((extent, axis) => extent + low[axis]! + high[axis]!);
  if (shape.every((extent, axis) => extent === x.shape[axis])) return { ...x, data };
  const out = new Float32Array(sizeOf(shape));
  const view = padView(shape, { low, high, interior: x.shape.map(() => 0), value: -Infinity });
  return {
    shape,
    dtype: x.dtype,
    data: spreadStrided(data, { extents: x.shape, ...view }, out, -Infinity) ? out : undefined,
  };
}

/** The position in `x` of the first maximum of every window; undefined where the reference has to look for it. */
function positionsOfMaxima(x: Block, counts: Shape, attrs: MaximaAttrs): Int32Array | undefined {
  const { size, stride, dilation, margins } = attrs;
  const [taps, perPlane, lead] = [sizeOf(size), sizeOf(counts), x.shape.length - size.length];
  if (!(x.data instanceof Float32Array) || x.data.length < least) return undefined;
  const { data, shape } = padded(x, attrs);
  if (data === undefined) return undefined;
  // All first elements of the windows of a plane, then all second ones, and so on.
  const wide = stridesOf(shape);
  const strides = [
    ...wide.slice(0, lead),
    ...dilation.map((gap, k) => gap * wide[lead + k]!),
    ...stride.map((by, k) => by * wide[lead + k]!),
  ];
  const extents = [...x.shape.slice(0, lead), ...size, ...counts];
  const packed = new Float32Array(sizeOf(extents));
  const found = new Int32Array(packed.length / taps);
  if (!packStrided(data, { extents, offset: 0, strides }, packed)) return undefined;
  if (!extremeStrided("argmax", packed, taps, perPlane, found)) return undefined;
  const own = stridesOf(x.shape).slice(lead);
  const plane = sizeOf(x.shape.slice(lead));
  const within = latticeOf(size, own.map((step, k) => step * dilation[k]!)); // prettier-ignore
  const origin = own.reduce((sum, step, k) => sum - step * margins[k]![0], 0);
  const starts = latticeOf(counts, own.map((step, k) => step * stride[k]!), origin); // prettier-ignore
  for (let base = 0, i = 0, from = 0; i < found.length; base += plane, from += taps * perPlane) {
    for (let p = 0; p < perPlane; p++, i++) {
      const tap = found[i]!;
      // What stands beside the input is no element of it.
      if (data !== x.data && packed[from + tap * perPlane + p] === -Infinity) return undefined;
      found[i] = base + starts[p]! + within[tap]!;
    }
  }
  return found;
}

const windowsOf = ({ shape }: Spec, { size }: MaximaAttrs): Shape => shape.slice(shape.length - size.length);

/** Kernels that look for the maxima of windows. */
export const maximaKernels: Pick<Kernels, "gatherMaxima" | "scatterMaxima"> = {
  gatherMaxima: (inputs, attrs, outputs) => {
    const [x, y] = inputs as [Block, Block];
    const places = positionsOfMaxima(x, windowsOf(outputs[0]!, attrs), attrs);
    return places && [elementsAt(y, places)];
  },
  scatterMaxima: (inputs, attrs) => {
    const [x, y] = inputs as [Block, Block];
    const places = positionsOfMaxima(x, windowsOf(y, attrs), attrs);
    return places && [addedAt(x, places, y)];
  },
};
