import { defineFunction } from "@tapegrad/autograd";
import { checkOptions, type Tensor } from "@tapegrad/tensor";
import { checkBroadcast, checkFloat, checkSameShape, checkValues } from "./check-target.ts";
import { checkReduction, reduce, type ReductionOptions } from "./reduction.ts";

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions extends ReductionOptions {
  /** Weight of each element; broadcasts to the input. */
  readonly weight?: Tensor;
}
