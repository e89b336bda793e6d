import type { DType } from "@tapegrad/tensor";
import type { PrimitiveName } from "@tapegrad/tensor/internal";
import type { Extent } from "../graph/extent.ts";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { AttrsOfAny } from "../trace/attributes.ts";

/** A tensor that has been written: its name in the graph, and what is known of it. */
export interface Operand {
  readonly name: string;
  readonly shape: readonly Extent[];
  readonly dtype: DType;
}

/** What is to be written: one of the outputs of a primitive. */
export interface Result {
  readonly shape: readonly Extent[];
  readonly dtype: DType;
  readonly index: number;
}

/** As many operands as the primitive has, which are three at most but for `concat`. */
export type Operands = readonly [Operand, Operand, Operand, ...Operand[]];

/** How a primitive is said in ONNX; gives the name of the result. */
export type PrimitiveRow<P extends PrimitiveName> = (
  writer: GraphWriter,
  operands: Operands,
  attrs: AttrsOfAny<P>,
  result: Result,
) => string;

/** A row of whatever primitive. */
export type AnyPrimitiveRow = (writer: GraphWriter, operands: Operands, attrs: never, result: Result) => string;

/** Why a primitive cannot be said in ONNX. */
export interface Unsayable {
  readonly why: string;
}

/** A row for each of some primitives. */
export type PrimitiveRows<P extends PrimitiveName> = { readonly [N in P]: PrimitiveRow<N> | Unsayable };
