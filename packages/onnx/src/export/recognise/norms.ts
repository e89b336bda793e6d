import { isFixed, sameExtents } from "../graph/extent.ts";
import type { Aligned } from "../trace/alignment.ts";
import type { Calls } from "../trace/calls.ts";
import { any, made, type Pattern, scaled, shaped } from "./pattern.ts";
import type { Recognised } from "./row.ts";

const perChannel = (name: string): Pattern => shaped(any(name), name);

export const batchNorm: Recognised<"batchNorm"> = {
  name: "batchNorm",
  pattern: scaled(
    made("mul", [
      made("sub", [any("x"), perChannel("mean")]),
      shaped(made("rsqrt", [made("add", [any("variance"), any("eps")], "sum")]), "variance"),
    ]),
    perChannel("weight"),
    perChannel("bias"),
  ),
  call: (found) => {
    const [x, eps] = [found.value("x"), found.number("eps")];
    // Along axis 1.
    const wanted = x.shape.slice(1).map((extent, axis) => (axis === 0 ? extent : 1));
    const names = ["mean", "variance", "weight", "bias"] as const;
    const areAlong = names.every((name) => {
      const [vector, along] = [found.optional(name), found.optional(`${name} shaped`)];
      if (vector === undefined || along === undefined) return true;
      return sameExtents(along.shape, wanted) && (vector.shape.length === 1 || sameExtents(vector.shape, wanted));
    });
    return areAlong && eps !== undefined && x.shape.length > 1
      ? [[x, ...names.map((name) => found.optional(name))], { eps }]
      : undefined;
  },
};

const norm = <C extends "layerNorm" | "rmsNorm">(name: C, centred: boolean): Recognised<C> => ({
  name,
  pattern: scaled(made("standardize", [any("x")]), any("weight"), any("bias")),
  call: (found, value) => {
    const [x, standardized] = [found.value("x"), found.value("standardize")];
    const { axes, eps, center } = found.attrs("standardize") as { axes: number[]; eps: number; center: boolean };
    const rank = x.shape.length;
    const isTrailing = axes.every((axis, i) => axis === rank - axes.length + i);
    const [weight, bias] = [found.optional("weight"), found.optional("bias")];
    const fits = (each: Aligned | undefined): boolean =>
      each === undefined || (each.shape.every(isFixed) && sameExtents(each.shape, x.shape.slice(rank - axes.length)));
    const isNorm = center === centred && axes.length > 0 && isTrailing && fits(weight) && fits(bias);
    if (!isNorm || standardized.at[0]!.index !== 0 || value.shape.length !== rank) return undefined;
    return [[x, weight, bias], { axes, eps }] as [Aligned[], Calls[C]];
  },
});

export const layerNorm: Recognised<"layerNorm"> = norm("layerNorm", true);
export const rmsNorm: Recognised<"rmsNorm"> = norm("rmsNorm", false);
