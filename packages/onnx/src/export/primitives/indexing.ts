import type { IndexingSignatures } from "@tapegrad/tensor/internal";
import type { PrimitiveRows } from "./row.ts";

/** Reading and writing by an index. */
export const indexing: PrimitiveRows<keyof IndexingSignatures> = {
  gather: (writer, [x, index], { axis }) => writer.node("GatherElements", [x.name, index.name], { axis }),
  scatterAdd: (writer, [x, index, source], { axis }) =>
    writer.node("ScatterElements", [x.name, index.name, source.name], { axis, reduction: "add" }),
};
