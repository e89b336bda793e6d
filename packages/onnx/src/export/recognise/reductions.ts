import { sameExtents } from "../graph/extent.ts";
import { any, made, shaped } from "./pattern.ts";
import type { Recognised } from "./row.ts";

/** In float64, divided by how many there are. */
export const mean: Recognised<"mean"> = {
  name: "mean",
  pattern: made(
    "cast",
    [made("div", [shaped(made("sum", [made("cast", [any("x")], "wide")]), "sum"), any("count")])],
    "result",
  ),
  call: (found, { shape, dtype }) => {
    const [x, axes, counts] = [found.value("x"), found.axes("sum"), found.numbers("count")];
    const isMean = counts?.every((count, i) => {
      return count === axes.reduce((product, axis) => product * x.at[i]!.shape[axis]!, 1);
    });
    const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    const keepDims = sameExtents(shape, kept);
    const isPlain = keepDims || sameExtents(shape, kept.filter((_, axis) => !axes.includes(axis))); // prettier-ignore
    if (isMean !== true || !isPlain || dtype !== "float32" || found.value("wide").dtype !== "float64") return undefined;
    return [[x], { axes, keepDims }];
  },
};
