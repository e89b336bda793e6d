import { apply, sizeOf } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import type { ContractionSignatures } from "@tapegrad/tensor/internal";
import type { Vjps } from "./vjp.ts";

const matmul = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  apply("matmul", [a, b], { transposeA, transposeB })[0];

/** All leading axes as one: [..., k] → [m, k]. */
const asRows = (t: Tensor): Tensor => {
  const columns = t.shape[t.ndim - 1]!;
  return t.reshape([sizeOf(t.shape.slice(0, -1)), columns]);
};

/**
 * Rows of the contractions. With Y = A B: dA = G Bᵀ and dB = Aᵀ G; a transposed operand gets the
 * transposed product. Batch axes that were broadcast are summed by the engine.
 */
export const contraction: Vjps<keyof ContractionSignatures> = {
  matmul: [
    (ct, saved, { transposeA, transposeB }) =>
      transposeA ? matmul(saved.input(1), ct, transposeB, true) : matmul(ct, saved.input(1), false, !transposeB),
    (ct, saved, { transposeA, transposeB }) => {
      let a = saved.input(0);
      // One weight under a batch of matrices: one product over all rows instead of a sum of products.
      if (saved.shape(1).length === 2 && a.ndim > 2 && !transposeA) [a, ct] = [asRows(a), asRows(ct)];
      return transposeB ? matmul(ct, a, true, transposeA) : matmul(a, ct, !transposeA, false);
    },
  ],
};
