import type { StandardizingSignatures } from "@tapegrad/tensor/internal";
import { isFixed } from "../graph/extent.ts";
import { Float, type GraphWriter } from "../graph/graph-writer.ts";
import { reduce } from "./reduction.ts";
import type { Operand, PrimitiveRows } from "./row.ts";

interface How {
  readonly axes: readonly number[];
  readonly eps: number;
  readonly center: boolean;
}

interface Statistics {
  readonly centred: string;
  /** `(⟨centred²⟩ + eps)^−½` */
  readonly rstd: string;
}

/** ε as operators take it; undefined for one that they round to 0: what does not vary is NaN to them then, and 0 here. */
export function epsilonOf(eps: number): Float | undefined {
  return Math.fround(eps) > 0 ? new Float(eps) : undefined;
}

function statistics(writer: GraphWriter, x: Operand, { axes, eps, center }: How): Statistics {
  const mean = (y: string): string => reduce(writer, "ReduceMean", y, axes);
  const centred = center ? writer.node("Sub", [x.name, mean(x.name)]) : x.name;
  const moment = mean(writer.node("Mul", [centred, centred]));
  const shifted = writer.node("Add", [moment, writer.scalar(eps, x.dtype)]);
  return { centred, rstd: writer.node("Reciprocal", [writer.node("Sqrt", [shifted])]) };
}

function standardized(writer: GraphWriter, x: Operand, how: How): string {
  const { axes, eps, center } = how;
  const [first] = axes;
  const extents = x.shape.slice(first);
  const isTrailing =
    first !== undefined && axes.every((axis, i) => axis === first + i) && axes.at(-1) === x.shape.length - 1;
  const epsilon = epsilonOf(eps);
  if (center && isTrailing && extents.every(isFixed) && epsilon !== undefined) {
    const scale = writer.filled(1, extents, x.dtype);
    return writer.node("LayerNormalization", [x.name, scale], { axis: first, epsilon });
  }
  const { centred, rstd } = statistics(writer, x, how);
  const product = writer.node("Mul", [centred, rstd]);
  if (epsilon !== undefined) return product;
  // 0 where nothing varies.
  const zero = writer.scalar(0, x.dtype);
  return writer.node("Where", [writer.node("Equal", [centred, zero]), zero, product]);
}

/** `rstd · (g − ⟨g⟩ − xhat · ⟨g · xhat⟩)`, without ⟨g⟩ where the mean is not subtracted */
function standardizedGrad(writer: GraphWriter, g: Operand, x: Operand, how: How): string {
  const { centred, rstd } = statistics(writer, x, how);
  const mean = (y: string): string => reduce(writer, "ReduceMean", y, how.axes);
  const normalized = writer.node("Mul", [centred, rstd]);
  const along = writer.node("Mul", [normalized, mean(writer.node("Mul", [g.name, normalized]))]);
  const rest = how.center ? writer.node("Sub", [g.name, mean(g.name)]) : g.name;
  return writer.node("Mul", [rstd, writer.node("Sub", [rest, along])]);
}

/** What stands under every norm. */
export const standardizing: PrimitiveRows<keyof StandardizingSignatures> = {
  standardize: (writer, [x], how, { index }) =>
    index === 0 ? standardized(writer, x, how) : statistics(writer, x, how).rstd,
  standardizeGrad: (writer, [g, x], how) => standardizedGrad(writer, g, x, how),
};
