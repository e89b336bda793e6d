import { functional as f } from "@tapegrad/nn";
import { sort, type Tensor, topk } from "@tapegrad/tensor";
import type { Adapter } from "../subject.ts";
import { asVector, given, operation } from "./arguments.ts";

/** At least one axis: PyTorch takes a 0-d tensor for one of one element. */
const vector = (x: Tensor): Tensor => (x.ndim === 0 ? x.reshape([1]) : x);

/** Values and indices of a tensor that has at least one axis, in the shape of one that may have none. */
function pair(x: Tensor, call: (x: Tensor) => { values: Tensor; indices: Tensor }): readonly Tensor[] {
  const { values, indices } = call(vector(x));
  return [values, indices].map((t) => (x.ndim === 0 ? t.reshape([]) : t));
}

/** Reading and writing by position, and order. */
export const indexing: Readonly<Record<string, Adapter>> = {
  embedding: operation(["input", "weight", "padding_idx"], (a) => {
    const paddingIndex = a.raw("padding_idx") === undefined ? undefined : a.number("padding_idx");
    return f.embedding(a.tensor("input"), a.tensor("weight"), given<f.EmbeddingArguments>({ paddingIndex }));
  }),
  gather: operation(["input", "dim", "index"], (a) => {
    const index = a.tensor("index");
    return vector(a.tensor("input")).gather(a.number("dim"), vector(index)).reshape(index.shape);
  }),
  scatter_add: operation(["input", "dim", "index", "src"], (a) => {
    // What lies outside the index is left out.
    const index = vector(a.tensor("index"));
    const src = vector(a.tensor("src")).slice(...index.shape.map((n): [number, number] => [0, n]));
    return asVector(a.tensor("input"), (x) => x.scatterAdd(a.number("dim"), index, src));
  }),
  index_select: operation(["input", "dim", "index"], (a) =>
    asVector(a.tensor("input"), (x) => x.indexSelect(a.number("dim"), vector(a.tensor("index")))),
  ),
  sort: operation(["input", "dim", "descending", "stable"], (a) =>
    pair(a.tensor("input"), (x) => sort(x, { axis: a.number("dim", -1), descending: a.flag("descending", false) })),
  ),
  topk: operation(["input", "k", "dim", "largest", "sorted"], (a) =>
    pair(a.tensor("input"), (x) =>
      topk(x, a.number("k"), { axis: a.number("dim", -1), largest: a.flag("largest", true) }),
    ),
  ),
};
