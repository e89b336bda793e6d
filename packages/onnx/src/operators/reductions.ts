import { type Tensor, topk } from "@tapegrad/tensor";
import type { NodeCall, Operator, Operators } from "./node-call.ts";

interface Axes {
  readonly axis: readonly number[] | undefined;
  readonly keepDims: boolean;
}

/** A reduction over the axes of an attribute or of the second input; all, if there are none. */
function over(f: (x: Tensor, axes: Axes) => Tensor): Operator {
  return (call) => {
    const x = call.input(0);
    const given = call.ints("axes") ?? call.intsOf(1);
    const axis = given?.length === 0 ? undefined : given;
    if (axis === undefined && call.flag("noop_with_empty_axes", false)) return x;
    return f(x, { axis, keepDims: call.flag("keepdims", true) });
  };
}

/** The index of an extreme element along an axis, the first or the last of equal ones. */
function extreme(call: NodeCall, find: "argmax" | "argmin"): Tensor {
  const [x, axis, keepDims] = [call.input(0), call.int("axis", 0), call.flag("keepdims", true)];
  if (!call.flag("select_last_index", false)) return x[find]({ axis, keepDims });
  const fromEnd = x.flip(axis)[find]({ axis, keepDims });
  return fromEnd.neg().add(x.shape.at(axis)! - 1);
}

/** Sums over previous elements along an axis. */
function runningSum(call: NodeCall): Tensor {
  const x = call.input(0);
  const axis = call.numberOf(1) ?? 0;
  const reverse = call.flag("reverse", false);
  const forward = reverse ? x.flip(axis) : x;
  const sum = forward.cumsum({ axis });
  const result = call.flag("exclusive", false) ? sum.sub(forward) : sum;
  return reverse ? result.flip(axis) : result;
}

/** Reductions, and what else walks along an axis. */
export const reductions: Operators = {
  ReduceSum: over((x, axes) => x.sum(axes)),
  ReduceMean: over((x, axes) => x.mean(axes)),
  ReduceMax: over((x, axes) => x.max(axes)),
  ReduceMin: over((x, axes) => x.min(axes)),
  ReduceProd: over((x, axes) => x.prod(axes)),
  ReduceL1: over((x, axes) => x.abs().sum(axes)),
  ReduceL2: over((x, axes) => x.norm(axes)),
  ReduceSumSquare: over((x, axes) => x.square().sum(axes)),
  ReduceLogSum: over((x, axes) => x.sum(axes).log()),
  ReduceLogSumExp: over((x, axes) => x.logSumExp(axes)),
  ArgMax: (call) => extreme(call, "argmax"),
  ArgMin: (call) => extreme(call, "argmin"),
  CumSum: runningSum,
  TopK: (call) => {
    const { values, indices } = topk(call.input(0), call.numberOf(1) ?? call.int("k"), {
      axis: call.int("axis", -1),
      largest: call.flag("largest", true),
    });
    return [values, indices];
  },
};
