import { readFileSync } from "node:fs";
import { encodeHdf5, Hdf5Dataset, Hdf5Group, type Hdf5Elements, type Hdf5Tree, openHdf5 } from "@tapegrad/io/internal";
import { FormatError, tensor, Tensor } from "@tapegrad/tensor";
import type { Parser } from "../parser.ts";

/** Groups within groups, with their floats; other numbers are not written. */
interface Tree {
  readonly [name: string]: Tensor | Tree;
}

function read(group: Hdf5Group, depth = 0): Tree {
  // Groups may stand within themselves.
  if (depth > 8) throw new FormatError("fuzz: expected at most 8 levels, got more.");
  const tree = Object.create(null) as Record<string, Tensor | Tree>;
  for (const name of group.names) {
    const entry = group.get(name);
    if (entry instanceof Hdf5Group) tree[name] = read(entry, depth + 1);
    if (entry instanceof Hdf5Dataset && entry.elements?.includes("float") === true) tree[name] = entry.read(name);
  }
  return tree;
}

function treeOf(tree: Tree): Hdf5Tree {
  return new Map<string, Hdf5Elements | Hdf5Tree>(
    Object.entries(tree).map(([name, inner]) => [name, inner instanceof Tensor ? inner : treeOf(inner)]),
  );
}

const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`name${i}`, tensor(i)]));

/** Files of HDF5, as far as weights need them. */
export const hdf5Parser: Parser<Tree> = {
  name: "hdf5",
  decode: (bytes) => read(openHdf5("openHdf5", "the bytes", bytes)),
  encode: (tree) => encodeHdf5("encodeHdf5", treeOf(tree)),
  values: [{ x: tensor(1) }, {}, { a: { b: tensor([[1, 2]]), c: tensor([3], { dtype: "float64" }) }, many }],
  files: [new Uint8Array(readFileSync(new URL("../../../io/test/hdf5/later.h5", import.meta.url)))],
  words: [
    "OHDR",
    "OCHK",
    "TREE",
    "SNOD",
    "HEAP",
    "GCOL",
    "FRHP",
    "FHDB",
    "FHIB",
    "BTHD",
    "BTLF",
    "BTIN",
    "__proto__\u0000",
  ],
};
