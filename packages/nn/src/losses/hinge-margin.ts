import type { Tensor } from "@tapegrad/tensor";
import { where } from "@tapegrad/tensor";
import { checkFloat, checkSameShape, checkValues } from "./check-target.ts";

/** How far a score falls short of a margin on the side of its target: `max(0, margin − t · x)`, where a target of 0 stands for −1. */
export function hingeMargin(fn: string, input: Tensor, target: Tensor, margin = 1): Tensor {
  checkFloat(fn, "input", input);
  checkSameShape(fn, input, target);
  checkValues(fn, "targets 1, and -1 or 0", target, [[1, 1], [-1, -1], [0, 0]]); // prettier-ignore
  return where(target.gt(0), input.neg(), input).add(margin).clamp(0);
}
