import type { PrimitiveName } from "@tapegrad/tensor/internal";
import { binary } from "./binary.ts";
import { contraction } from "./contraction.ts";
import { indexing } from "./indexing.ts";
import { movement } from "./movement.ts";
import { reductions } from "./reductions.ts";
import { softmax } from "./softmax.ts";
import { standardize } from "./standardize.ts";
import { unary } from "./unary.ts";
import type { Vjps } from "./vjp.ts";

/** How every primitive is differentiated. A primitive without a row does not compile. */
export const vjps: Vjps<PrimitiveName> = {
  ...unary,
  ...binary,
  ...reductions,
  ...movement,
  ...contraction,
  ...indexing,
  ...standardize,
  ...softmax,
  iota: null,
  randomBits: null,
  assign: null,
};
