import type { Parser } from "../parser.ts";
import { checkpointParser } from "./checkpoint.ts";
import { csvParsers } from "./csv.ts";
import { hdf5Parser } from "./hdf5.ts";
import { idxParser } from "./idx.ts";
import { npyParser } from "./npy.ts";
import { npzParser } from "./npz.ts";
import { onnxParser } from "./onnx.ts";
import { safetensorsParser } from "./safetensors.ts";

/** Everything that reads files. */
export const parsers: readonly Parser[] = [
  safetensorsParser,
  checkpointParser,
  npyParser,
  npzParser,
  hdf5Parser,
  onnxParser,
  idxParser,
  ...csvParsers,
];
