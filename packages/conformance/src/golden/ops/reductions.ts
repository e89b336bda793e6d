import type { ReduceOptions, Tensor } from "@tapegrad/tensor";
import type { Adapter } from "../subject.ts";
import { type Arguments, asVector, operation } from "./arguments.ts";

const over = ["input", "dim", "keepdim"];

/** `dim` and `keepdim`; no axis stands for all of them, and so does any axis of a 0-d tensor. */
function reduceOptions(a: Arguments): ReduceOptions {
  const axis = a.oneOrMore("dim");
  const all = a.tensor("input").ndim === 0 || (typeof axis === "object" && axis.length === 0);
  return { axis: all ? undefined : axis, keepDims: a.flag("keepdim", false) };
}

const reduction = (call: (x: Tensor, options: ReduceOptions) => Tensor): Adapter =>
  operation(over, (a) => call(a.tensor("input"), reduceOptions(a)));

const spread = (call: (x: Tensor, options: ReduceOptions & { correction: number }) => Tensor): Adapter =>
  operation(["input", "dim", "unbiased", "keepdim", "correction"], (a) => {
    const correction = a.number("correction", a.flag("unbiased", true) ? 1 : 0);
    return call(a.tensor("input"), { ...reduceOptions(a), correction });
  });

/** Reductions, and sums along an axis. */
export const reductions: Readonly<Record<string, Adapter>> = {
  sum: reduction((x, options) => x.sum(options)),
  mean: reduction((x, options) => x.mean(options)),
  amax: reduction((x, options) => x.max(options)),
  amin: reduction((x, options) => x.min(options)),
  prod: reduction((x, options) => x.prod(options)),
  logsumexp: reduction((x, options) => x.logSumExp(options)),
  var: spread((x, options) => x.variance(options)),
  std: spread((x, options) => x.std(options)),
  norm: operation(["input", "p", "dim", "keepdim"], (a) => {
    const p = a.raw("p") === undefined || a.raw("p") === "fro" ? 2 : a.number("p");
    return a.tensor("input").norm({ ...reduceOptions(a), p });
  }),
  cumsum: operation(["input", "dim"], (a) => asVector(a.tensor("input"), (x) => x.cumsum({ axis: a.number("dim") }))),
};
