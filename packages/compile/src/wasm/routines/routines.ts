import { sizeOf } from "@tapegrad/tensor/internal";
import type { OperationName } from "../../operations/operation.ts";
import type { RoutineKernel } from "../../schedule/kernel.ts";
import { argmax, argmin } from "./argument-extreme.ts";
import { argsort } from "./argsort.ts";
import { boolExtreme } from "./bool-extreme.ts";
import { check } from "./check.ts";
import { concat } from "./concat.ts";
import { cumsum } from "./cumsum.ts";
import { foldWindows } from "./fold-windows.ts";
import { integerMatmul } from "./integer-matmul.ts";
import { gatherMaxima, scatterMaxima } from "./maxima.ts";
import { pad } from "./pad.ts";
import { randomBits } from "./random-bits.ts";
import { type RoutineCode, routineCode, type RoutineEmitter } from "./routine-code.ts";
import { scatterAdd } from "./scatter-add.ts";
import { totalOfNothing } from "./total-of-nothing.ts";

/** The code of operations that have kernels of their own. */
export const routines: { readonly [P in OperationName]?: RoutineEmitter } = {
  randomBits,
  foldWindows,
  pad,
  concat,
  scatterAdd,
  gatherMaxima,
  scatterMaxima,
  check,
  cumsum,
  argmax,
  argmin,
  argsort,
  sum: totalOfNothing(0),
  prod: totalOfNothing(1),
  max: boolExtreme("max"),
  min: boolExtreme("min"),
  matmul: integerMatmul,
  matmulSum: totalOfNothing(0),
};

/** The code of a kernel of its own; undefined if only the reference computes it. */
export function planRoutine(kernel: RoutineKernel): RoutineCode | undefined {
  const { name, outputs } = kernel.operation;
  if (outputs.length > 0 && outputs.every(({ shape }) => sizeOf(shape) === 0)) return routineCode([]);
  return routines[name]?.(kernel);
}
