import {
  addStrided,
  extremeStrided,
  gatherStrided,
  type Indexed,
  movementThreshold as least,
  packStrided,
  scatterAddStrided,
  spreadStrided,
} from "@tapegrad/simd";
import { allocateEmpty } from "../array-pool.ts";
import { allocate, type TypedArray } from "../dtype.ts";
import type { AttrsOf, AxisAttrs } from "../primitives/primitive.ts";
import { padView, type View, views } from "../primitives/views.ts";
import { type Shape, sizeOf, stridesOf } from "../shape.ts";
import type { Block } from "../storage.ts";
import type { Kernel, Kernels } from "./kernel.ts";
import { maximaKernels } from "./maxima.ts";

type Words = Float32Array | Int32Array;

/** What kernels copy whatever it means: elements of four bytes. */
function areWords(array: TypedArray): array is Words {
  return array instanceof Float32Array || array instanceof Int32Array;
}

/** A kernel for a primitive that looks at its input in another way. */
function view<P extends keyof typeof views>(viewOf: (shape: Shape, attrs: AttrsOf<P>) => View): Kernel<AttrsOf<P>> {
  return (inputs, attrs, outputs) => {
    const { data, shape } = inputs[0]!;
    const { shape: extents, dtype } = outputs[0]!;
    const size = sizeOf(extents);
    if (size < least || !areWords(data)) return undefined;
    const out = allocateEmpty(dtype, size) as Words;
    return packStrided(data, { extents, ...viewOf(shape, attrs) }, out) ? [out] : undefined;
  };
}

const pad: Kernel<AttrsOf<"pad">> = (inputs, attrs, outputs) => {
  const { data, shape: extents } = inputs[0]!;
  const { shape, dtype } = outputs[0]!;
  if (data.length < least || !areWords(data)) return undefined;
  const out = allocate(dtype, sizeOf(shape)) as Words;
  return spreadStrided(data, { extents, ...padView(shape, attrs) }, out, attrs.value) ? [out] : undefined;
};

const foldWindows: Kernel<AttrsOf<"foldWindows">> = (inputs, attrs) => {
  const { data, shape, dtype } = inputs[0]!;
  if (data.length < least || !(data instanceof Float32Array)) return undefined;
  const out = allocateEmpty(dtype, sizeOf(attrs.shape)) as Float32Array;
  return addStrided(data, shape, views.windows(attrs.shape, attrs).strides, out) ? [out] : undefined;
};

function indexedBy(shape: Shape, index: Block, axis: number): Indexed {
  const strides = stridesOf(shape);
  const along = strides[axis]!;
  strides[axis] = 0;
  return { extents: index.shape, strides, along, index: index.data as Int32Array };
}

const gather: Kernel<AxisAttrs> = (inputs, { axis }) => {
  const [x, index] = inputs as readonly [Block, Block];
  if (index.data.length < least || !areWords(x.data)) return undefined;
  const out = allocateEmpty(x.dtype, index.data.length) as Words;
  return gatherStrided(x.data, indexedBy(x.shape, index, axis), out) ? [out] : undefined;
};

const scatterAdd: Kernel<AxisAttrs> = (inputs, { axis }) => {
  const [x, index, src] = inputs as readonly [Block, Block, Block];
  if (x.data.length + index.data.length < least || !(x.data instanceof Float32Array)) return undefined;
  const out = allocateEmpty(x.dtype, x.data.length) as Float32Array;
  return scatterAddStrided(x.data, indexedBy(x.shape, index, axis), src.data as Float32Array, out) ? [out] : undefined;
};

function extreme(name: "argmax" | "argmin"): Kernel<AxisAttrs> {
  return (inputs, { axis }, outputs) => {
    const { data, shape } = inputs[0]!;
    if (data.length < least || !(data instanceof Float32Array)) return undefined;
    const out = allocate("int32", sizeOf(outputs[0]!.shape)) as Int32Array;
    return extremeStrided(name, data, shape[axis]!, sizeOf(shape.slice(axis + 1)), out) ? [out] : undefined;
  };
}

/** Kernels of what moves elements of float32 and int32, adds or finds those of float32. */
export const movementKernels: Kernels = {
  permute: view<"permute">(views.permute),
  slice: view<"slice">(views.slice),
  flip: view<"flip">(views.flip),
  windows: view<"windows">(views.windows),
  pad,
  foldWindows,
  gather,
  scatterAdd,
  argmax: extreme("argmax"),
  argmin: extreme("argmin"),
  ...maximaKernels,
};
