import { callRunner, type CaseRunner } from "../run-case.ts";
import type { Adapter } from "../subject.ts";
import { arithmetic } from "./arithmetic.ts";
import { convolutions } from "./convolution.ts";
import { indexing } from "./indexing.ts";
import { pooling } from "./pooling.ts";
import { products } from "./products.ts";
import { reductions } from "./reductions.ts";
import { shapes } from "./shapes.ts";

/** One row for each operation of PyTorch. */
export const opAdapters: Readonly<Record<string, Adapter>> = {
  ...arithmetic,
  ...reductions,
  ...products,
  ...convolutions,
  ...pooling,
  ...indexing,
  ...shapes,
};

/** Runs a case of ops.json. */
export const ops: CaseRunner = callRunner(opAdapters);
