import { zeros } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import type { IndexingSignatures } from "@tapegrad/tensor/internal";
import type { Vjps } from "./vjp.ts";

/** Rows of what gathers and its adjoints; an index, and what maxima are looked for in, have no gradient. */
export const indexing: Vjps<keyof IndexingSignatures> = {
  gather: [
    (ct, saved, attrs) =>
      apply("scatterAdd", [zeros(saved.shape(0), { dtype: ct.dtype }), saved.input(1), ct], attrs)[0],
    null,
  ],
  scatterAdd: [(ct) => ct, null, (ct, saved, attrs) => apply("gather", [ct, saved.input(1)], attrs)[0]],
  gatherMaxima: [null, (ct, saved, attrs) => apply("scatterMaxima", [saved.input(0), ct], attrs)[0]],
  scatterMaxima: [null, (ct, saved, attrs) => apply("gatherMaxima", [saved.input(0), ct], attrs)[0]],
};
