import type { Parser } from "../parser.ts";
import { csvParsers } from "./csv.ts";
import { hdf5Parser } from "./hdf5.ts";
import { idxParser } from "./idx.ts";
import { npyParser } from "./npy.ts";
import { npzParser } from "./npz.ts";
import { safetensorsParser } from "./safetensors.ts";

/** Everything that reads files. */
export const parsers: readonly Parser[] = [
  safetensorsParser,
  npyParser,
  npzParser,
  hdf5Parser,
  idxParser,
  ...csvParsers,
];
