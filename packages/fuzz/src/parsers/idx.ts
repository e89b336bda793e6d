import { decodeIdx } from "@tapegrad/datasets";
import { type DType, tensor, type Tensor } from "@tapegrad/tensor";
import type { Parser } from "../parser.ts";

/** Codes of element types that can be read, and how an element is written. */
const types: {
  readonly [D in DType]: readonly [
    code: number,
    bytes: number,
    write: (view: DataView, at: number, value: number) => void,
  ];
} = {
  // prettier-ignore
  bool: [0x08, 1, (view, at, value) => view.setUint8(at, value)],
  int32: [0x0c, 4, (view, at, value) => view.setInt32(at, value)],
  float32: [0x0d, 4, (view, at, value) => view.setFloat32(at, value)],
  float64: [0x0e, 8, (view, at, value) => view.setFloat64(at, value)],
};

/** There is no writer to be had: this one is of the tests. */
function encodeIdx({ data, dtype, shape }: Tensor): Uint8Array {
  const [code, width, write] = types[dtype];
  const start = 4 + 4 * shape.length;
  const bytes = Uint8Array.of(0, 0, code, shape.length, ...new Uint8Array(start - 4 + width * data.length));
  const view = new DataView(bytes.buffer);
  shape.forEach((extent, axis) => view.setUint32(4 + 4 * axis, extent));
  data.forEach((value, i) => write(view, start + width * i, value));
  return bytes;
}

/** IDX files. */
export const idxParser: Parser<Tensor> = {
  name: "idx",
  decode: decodeIdx,
  encode: encodeIdx,
  values: [
    tensor(7, { dtype: "int32" }),
    tensor([[1.5, -2.5], [0, 1e9]]), // prettier-ignore
    tensor([0.1], { dtype: "float64" }),
  ],
  files: [
    Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255),
    Uint8Array.of(0, 0, 9, 1, 0, 0, 0, 2, 1, 255),
    Uint8Array.of(0, 0, 11, 1, 0, 0, 0, 2, 0, 1, 255, 254),
    Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 28),
  ],
  words: ["\0\0\0\u0001", "\0\0\b\u0001", "\0\0\0\0"],
};
