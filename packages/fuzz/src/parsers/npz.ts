import { decodeNpz, encodeNpz } from "@tapegrad/io";
import { tensor, type Tensor } from "@tapegrad/tensor";
import { zipSync } from "fflate";
import type { Parser } from "../parser.ts";
import { seedsOf } from "../parser.ts";
import { npyParser } from "./npy.ts";

const one = { x: tensor(true) };
const some = { a: tensor([1, 2]), "b.c/d": tensor([[7]], { dtype: "int32" }), größe: tensor(Array(300).fill(1)) };

/** `.npz` files; mutants of `.npy` files within them have right checksums. */
export const npzParser: Parser<Readonly<Record<string, Tensor>>> = {
  name: "npz",
  decode: decodeNpz,
  encode: (tensors) => encodeNpz(tensors),
  values: [one, {}, some],
  files: [encodeNpz(some, { compress: true }), encodeNpz(one, { compress: true })],
  words: ["PK\u0001\u0002", "PK\u0003\u0004", "PK\u0005\u0006", "../", ".npy", "__proto__.npy", "\u0008\u0000"],
  within: {
    seeds: seedsOf(npyParser),
    wrap: (npy) => zipSync({ "x.npy": npy }, { level: npy.length % 4 === 0 ? 6 : 0, mtime: new Date(1980, 0, 1) }),
  },
};
