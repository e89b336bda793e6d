import { zeros } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import type { IndexingSignatures } from "@tapegrad/tensor/internal";
import type { Vjps } from "./vjp.ts";

/** Rows of gather and its adjoint; an index has no gradient. */
export const indexing: Vjps<keyof IndexingSignatures> = {
  gather: [
    (ct, saved, attrs) =>
      apply("scatterAdd", [zeros(saved.shape(0), { dtype: ct.dtype }), saved.input(1), ct], attrs)[0],
    null,
  ],
  scatterAdd: [(ct) => ct, null, (ct, saved, attrs) => apply("gather", [ct, saved.input(1)], attrs)[0]],
};
