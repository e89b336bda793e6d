import type { GenerationSignatures } from "@tapegrad/tensor/internal";
import { dtypes } from "@tapegrad/tensor/internal";
import { type Extent, isFixed } from "../graph/extent.ts";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { PrimitiveRow, PrimitiveRows } from "./row.ts";

/** 0, 1, 2, ... */
function line(writer: GraphWriter, extent: Extent, dtype: "float32" | "float64" | "int32" | "bool"): string {
  if (isFixed(extent)) {
    return writer.constant(new dtypes[dtype].array(Array.from({ length: extent }, (_, i) => i)), [extent], dtype);
  }
  const limit = writer.node("Squeeze", [writer.extents([extent]), writer.wholes([0])]);
  const [zero, one] = [0n, 1n].map((n) => writer.constant(BigInt64Array.of(n), [], "int64"));
  return writer.cast(writer.node("Range", [zero, limit, one]), dtype);
}

const iota: PrimitiveRow<"iota"> = (writer, _, { shape, axis, dtype }) => {
  const positions = line(writer, shape[axis]!, dtype);
  if (shape.length === 1) return positions;
  const aligned = writer.reshape(
    positions,
    shape.map((extent, a) => (a === axis ? extent : 1)),
  );
  return writer.node("Expand", [aligned, writer.extents(shape)]);
};

/** What makes elements, or overwrites them. */
export const generation: PrimitiveRows<keyof GenerationSignatures> = {
  iota,
  randomBits: { why: "random numbers" },
  assign: { why: "an assignment" },
};
