import { randomBits as fill } from "@tapegrad/simd";
import { allocateEmpty } from "../array-pool.ts";
import type { RandomBitsAttrs } from "../primitives/primitive.ts";
import { sizeOf } from "../shape.ts";
import type { Kernel, Kernels } from "./kernel.ts";

/** Elements from which on copying them out pays. */
const least = 64;

const randomBits: Kernel<RandomBitsAttrs> = (inputs, { key, shape, bits }) => {
  const size = sizeOf(shape);
  if (size < least) return undefined;
  const out = allocateEmpty("int32", size) as Int32Array;
  fill(key, inputs[0]!.data[0]!, bits, out);
  return [out];
};

/** Kernels of what is drawn. */
export const generationKernels: Kernels = { randomBits };
