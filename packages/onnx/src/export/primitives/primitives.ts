import type { PrimitiveName } from "@tapegrad/tensor/internal";
import { binary } from "./binary.ts";
import { contraction } from "./contraction.ts";
import { generation } from "./generation.ts";
import { indexing } from "./indexing.ts";
import { movement } from "./movement.ts";
import { reduction } from "./reduction.ts";
import type { PrimitiveRows } from "./row.ts";
import { softmax } from "./softmax.ts";
import { standardizing } from "./standardize.ts";
import { unary } from "./unary.ts";

/** How each primitive is said in ONNX. One without a row does not compile. */
export const primitiveRows: PrimitiveRows<PrimitiveName> = {
  ...unary,
  ...binary,
  ...reduction,
  ...movement,
  ...contraction,
  ...indexing,
  ...standardizing,
  ...softmax,
  ...generation,
};
