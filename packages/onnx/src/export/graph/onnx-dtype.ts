import type { DType, TypedArray } from "@tapegrad/tensor";

/** Our dtypes, and the one that ONNX counts with. */
export type OnnxDType = DType | "int64";

/** The numbers by which ONNX knows dtypes. */
export const dtypeNumbers: { readonly [D in OnnxDType]: number } = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** Elements as they stand in a file: those of a dtype of ours, or whole numbers of 64 bits. */
export type OnnxData = TypedArray | BigInt64Array;

/** The bytes of elements, which are not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: OnnxData): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
