import { decodeSafetensors, encodeSafetensors, type SafetensorsContent } from "@tapegrad/io";
import { tensor } from "@tapegrad/tensor";
import type { Parser } from "../parser.ts";
import { ascii, joined } from "./ascii.ts";

/** A file of a header and some bytes of elements. */
export function fileOf(header: Uint8Array, elements: number): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  const body = Uint8Array.from({ length: elements }, (_, i) => Number(i % 8 === 0));
  return joined(length, header, body);
}

/** Headers of 24 bytes of elements. */
const headers = [
  '{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}',
  '{"__metadata__":{"k":"v"},"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[10],"data_offsets":[4,24]}}',
  '{"a":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"I16","shape":[2],"data_offsets":[4,8]},"c":{"dtype":"I64","shape":[],"data_offsets":[8,16]},"d":{"dtype":"F64","shape":[1],"data_offsets":[16,24]}}  ',
].map(ascii);

/** safetensors files. */
export const safetensorsParser: Parser<SafetensorsContent> = {
  name: "safetensors",
  decode: (bytes) => decodeSafetensors(bytes),
  encode: ({ tensors, metadata }) => encodeSafetensors(tensors, { metadata }),
  values: [
    { tensors: { x: tensor(true) }, metadata: {} },
    { tensors: {}, metadata: { note: "nothing" } },
    { tensors: { a: tensor([1, 2]), b: tensor([[3]], { dtype: "int32" }) }, metadata: { "": "é" } },
  ],
  files: headers.map((header) => fileOf(header, 24)),
  words: ['"__metadata__"', '"__proto__"', '"dtype"', '"shape"', '"data_offsets"', '"F8_E4M3"', '"I64"', "{", "}", "[", "]", ":", ",", "\\u0061", "\\ud800"], // prettier-ignore
  within: { seeds: headers, wrap: (header) => fileOf(header, 24) },
};
