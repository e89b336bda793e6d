import * as added from "./added.ts";
import * as alongAxis from "./along-axis.ts";
import * as binary from "./binary.ts";
import * as contraction from "./contraction.ts";
import * as generation from "./generation.ts";
import * as indexing from "./indexing.ts";
import * as movement from "./movement.ts";
import type { OperationName, OperationRow } from "./operation.ts";
import * as reduction from "./reduction.ts";
import * as softmax from "./softmax.ts";
import * as standardize from "./standardize.ts";
import * as unary from "./unary.ts";

/** What the compiler knows about every operation. A primitive without a row does not compile. */
export const operations: { readonly [P in OperationName]: OperationRow } = {
  ...unary,
  ...binary,
  ...reduction,
  ...alongAxis,
  ...movement,
  ...contraction,
  ...standardize,
  ...softmax,
  ...indexing,
  ...generation,
  ...added,
};

/** Operations that fold axes: loops know each of them. */
export type ReductionName = keyof typeof reduction;
/** Operations that views express. */
export type MovementName = keyof typeof movement;
