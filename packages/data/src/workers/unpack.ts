import type { DType, TypedArray } from "@tapegrad/tensor";
import { fromData } from "@tapegrad/tensor/internal";
import type { Packed } from "./message.ts";

type ArrayClass = new (buffer: ArrayBuffer, at: number, length: number) => TypedArray;

/** What has travelled, again: elements stay where they are in the buffer that they came in. */
export function unpack(packed: Packed, bytes: ArrayBuffer): unknown {
  if (typeof packed !== "object" || packed === null) return packed;
  if ("list" in packed) return packed.list.map((each) => unpack(each, bytes));
  if ("record" in packed) return Object.fromEntries(packed.record.map(([key, each]) => [key, unpack(each, bytes)]));
  const Elements = (globalThis as unknown as Readonly<Record<string, ArrayClass>>)[packed.array]!;
  const elements = new Elements(bytes, packed.at, packed.length);
  return packed.shape === undefined ? elements : fromData(elements, packed.shape, packed.dtype as DType);
}
