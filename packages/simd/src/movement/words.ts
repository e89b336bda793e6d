import { detectFeatures } from "../features/detect-features.ts";

/** Arrays of words: elements of four bytes, which kernels move whatever they mean. */
export type Words = Float32Array | Int32Array;

/** Elements below which copying in and out costs more than a plain loop. */
export const movementThreshold = 512;

/** Whether kernels are available and faster than a plain loop over so many elements. */
export function worthwhile(elements: number): boolean {
  return elements >= movementThreshold && detectFeatures().simd;
}
