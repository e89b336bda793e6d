import { functional as f } from "@tapegrad/nn";
import { einsum } from "@tapegrad/tensor";
import type { Adapter } from "../subject.ts";
import { operation } from "./arguments.ts";

/** Products of vectors and matrices. */
export const products: Readonly<Record<string, Adapter>> = {
  matmul: operation(["input", "other"], (a) => a.tensor("input").matmul(a.tensor("other"))),
  // Unlike matmul, exactly three axes each.
  bmm: operation(["input", "mat2"], (a) => einsum("bij,bjk->bik", a.tensor("input"), a.tensor("mat2"))),
  linear: operation(["input", "weight", "bias"], (a) =>
    f.linear(a.tensor("input"), a.tensor("weight"), a.maybeTensor("bias")),
  ),
  einsum: operation(["equation", "operands"], (a) => einsum(a.text("equation"), ...a.tensors("operands"))),
};
