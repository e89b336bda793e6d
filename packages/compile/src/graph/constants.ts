import { type TypedArray } from "@tapegrad/tensor";
import { operations } from "../operations/operations.ts";
import type { Value } from "./graph.ts";

/** The elements of a constant, if the value is one. */
export function constantData({ from }: Value): TypedArray | undefined {
  return from.kind === "constant" ? from.data : undefined;
}

/** The only element of a constant of one element. */
export function constantScalar(value: Value): number | undefined {
  let at = value;
  // A constant is stored once and broadcast.
  while (at.from.kind === "operation" && operations[at.from.name].kind === "movement") {
    at = at.from.inputs[0]!;
  }
  const data = constantData(at);
  return data?.length === 1 ? data[0] : undefined;
}

/** Whether all elements have the same bits. By words of 32 bits, as there may be a million of them. */
export function isUniform(data: TypedArray): boolean {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: bytes } = data;
  const words = bytes === 1 ? data : new Int32Array(buffer, byteOffset, byteLength / 4);
  const step = bytes === 8 ? 2 : 1;
  for (let i = step; i < words.length; i++) if (words[i] !== words[i - step]) return false;
  return true;
}
