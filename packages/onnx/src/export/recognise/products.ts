import { sameExtent } from "../graph/extent.ts";
import { any, either, made, shaped } from "./pattern.ts";
import type { Recognised } from "./row.ts";

export const indexSelect: Recognised<"indexSelect"> = {
  name: "indexSelect",
  pattern: made("gather", [any("x"), made("broadcastTo", [shaped(any("index"), "index")])]),
  call: (found) => {
    const [x, index, along] = [found.value("x"), found.value("index"), found.value("index shaped")];
    const axis = found.attrs("gather")["axis"] as number;
    const full = found.value("broadcastTo").shape;
    const isLine =
      index.shape.length === 1 &&
      along.shape.every((extent, a) => a === axis || extent === 1) &&
      full.every((extent, a) => a === axis || sameExtent(extent, x.shape[a]!)) &&
      sameExtent(full[axis]!, index.shape[0]!);
    return isLine ? [[x, index], { axis }] : undefined;
  },
};

/** A product of matrices, and a row that is added to each of its own. */
export const gemm: Recognised<"gemm"> = {
  name: "gemm",
  pattern: either(made("add", [made("matmul", [any("a"), any("b")]), any("c")]), made("matmul", [any("a"), any("b")])),
  call: (found) => {
    const [a, b, c] = [found.value("a"), found.value("b"), found.optional("c")];
    const { transposeA, transposeB } = found.attrs("matmul") as { transposeA: boolean; transposeB: boolean };
    const isRow = c === undefined || (c.shape.length === 1 && sameExtent(c.shape[0]!, found.value("matmul").shape[1]!));
    const isMatrix = a.shape.length === 2 && b.shape.length === 2 && a.dtype !== "int32" && isRow;
    return isMatrix && (c !== undefined || transposeA || transposeB)
      ? [[a, b, c], { transposeA, transposeB }]
      : undefined;
  },
};
