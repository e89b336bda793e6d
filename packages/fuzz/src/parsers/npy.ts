import { decodeNpy, encodeNpy } from "@tapegrad/io";
import { tensor, type Tensor } from "@tapegrad/tensor";
import type { Parser } from "../parser.ts";
import { ascii, joined } from "./ascii.ts";

const body = Uint8Array.from({ length: 24 }, (_, i) => (i % 8 === 0 ? i + 1 : 0));

function npy(header: Uint8Array, version: 1 | 2 | 3 = 1): Uint8Array {
  const length = [header.length & 255, (header.length >> 8) & 255, ...(version === 1 ? [] : [0, 0])];
  return joined(ascii("\u0093NUMPY"), Uint8Array.of(version, 0, ...length), header, body);
}

/** Headers of 24 bytes of elements. */
const headers = [
  "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
  "{'descr': '>f4', 'fortran_order': True, 'shape': (3, 2), }",
  "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 3), }",
  "{'descr': '>i2', 'fortran_order': False, 'shape': (2, 2, 3), }",
  "{'descr': '<i8', 'fortran_order': True, 'shape': (3,), }",
  "{'descr': '<u4', 'fortran_order': False, 'shape': (6, 1), }",
  "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }",
  "{'descr': '<f2', 'fortran_order': False, 'shape': (12,), }",
].map(ascii);

/** `.npy` files. */
export const npyParser: Parser<Tensor> = {
  name: "npy",
  decode: decodeNpy,
  encode: (x) => encodeNpy(x),
  values: [
    tensor(true),
    tensor([1.5, Number.NaN, -0]),
    tensor([[1, -2], [3, 4]], { dtype: "int32" }), // prettier-ignore
    tensor([[[0.1]]], { dtype: "float64" }),
  ],
  files: headers.map((header, i) => npy(header, ((i % 3) + 1) as 1 | 2 | 3)),
  words: ["'descr'", "'<f8'", "'|O'", "'>i8'", "True", "False", "(", ")", ",", "(0, ", "[('a', '<f4')]", "L", '"', "}"],
  within: { seeds: headers, wrap: (header) => npy(header) },
};
