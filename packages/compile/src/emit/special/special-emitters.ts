import { sizeOf } from "@tapegrad/tensor/internal";
import type { OperationName } from "../../graph/graph.ts";
import type { SpecialKernel } from "../../schedule/kernel.ts";
import { argmax, argmin } from "./argument-extreme.ts";
import { checkIndex } from "./check-index.ts";
import { checkInt32 } from "./check-int32.ts";
import { concat } from "./concat.ts";
import { cumsum } from "./cumsum.ts";
import { foldWindows } from "./fold-windows.ts";
import { gather } from "./gather.ts";
import { integerMatmul, zeros } from "./integer-matmul.ts";
import { integerReduction } from "./integer-reduction.ts";
import { pad } from "./pad.ts";
import { randomBits } from "./random-bits.ts";
import { scatterAdd } from "./scatter-add.ts";
import { type SpecialCode, specialCode, type SpecialEmitter } from "./special-code.ts";

/** The code of operations that have kernels of their own. */
export const specialEmitters: { readonly [P in OperationName]?: SpecialEmitter } = {
  randomBits,
  foldWindows,
  pad,
  concat,
  gather,
  scatterAdd,
  checkIndex,
  checkInt32,
  cumsum,
  argmax,
  argmin,
  sum: integerReduction("sum"),
  prod: integerReduction("prod"),
  max: integerReduction("max"),
  min: integerReduction("min"),
  matmul: integerMatmul,
  matmulSum: zeros,
};

/** The code of a kernel of its own; undefined if only the reference computes it. */
export function planSpecial(kernel: SpecialKernel): SpecialCode | undefined {
  const { name, outputs } = kernel.operation;
  if (outputs.length > 0 && outputs.every(({ shape }) => sizeOf(shape) === 0)) return specialCode([]);
  return specialEmitters[name]?.(kernel);
}
