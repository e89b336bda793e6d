import * as binary from "./binary.ts";
import * as generation from "./generation.ts";
import * as indexing from "./indexing.ts";
import { gatherMaxima, scatterMaxima } from "./maxima.ts";
import { matmul } from "./matmul.ts";
import * as movement from "./movement.ts";
import type { Primitives } from "./primitive.ts";
import * as reduction from "./reduction.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { standardize } from "./standardize.ts";
import { standardizeGrad } from "./standardize-grad.ts";
import * as unary from "./unary.ts";
import { foldWindows, windows } from "./windows.ts";

/** Every primitive under its name. */
export const primitives: Primitives = {
  ...unary,
  ...binary,
  ...reduction,
  ...movement,
  matmul,
  gather: indexing.gather,
  scatterAdd: indexing.scatterAdd,
  gatherMaxima,
  scatterMaxima,
  windows,
  foldWindows,
  standardize,
  standardizeGrad,
  softmax,
  logSoftmax,
  iota: generation.iota,
  randomBits: generation.randomBits,
  assign: generation.assignPrimitive,
};
