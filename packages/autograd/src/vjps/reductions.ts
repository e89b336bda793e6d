import { apply } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import { productOfOthers } from "./product-of-others.ts";
import type { ReductionSignatures } from "@tapegrad/tensor/internal";
import type { Vjps } from "./vjp.ts";

/** `ct` to the elements of `x` that equal the extreme `y`, in equal shares. */
const toExtremes = (ct: Tensor, x: Tensor, y: Tensor, axes: readonly number[]): Tensor => {
  const extreme = x.eq(y).to(x.dtype);
  return extreme.mul(ct.div(extreme.sum({ axis: axes, keepDims: true })));
};

/** Rows of the reductions, which keep the reduced axes as 1. Ties share the gradient equally. */
export const reductions: Vjps<keyof ReductionSignatures> = {
  sum: [(ct, saved) => ct.broadcastTo(saved.shape(0))],
  prod: [(ct, saved, { axes }) => productOfOthers(saved.input(0), axes).mul(ct)],
  max: [(ct, saved, { axes }) => toExtremes(ct, saved.input(0), saved.output(0), axes)],
  min: [(ct, saved, { axes }) => toExtremes(ct, saved.input(0), saved.output(0), axes)],
  argmax: null,
  argmin: null,
  cumsum: [(ct, _, { axis, reverse }) => apply("cumsum", [ct], { axis, reverse: !reverse })[0]],
  argsort: null,
};
