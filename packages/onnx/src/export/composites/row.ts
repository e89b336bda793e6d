import type { CompositeName, Composites } from "@tapegrad/tensor/internal";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { Operand, Result } from "../primitives/row.ts";

/** The inputs of a composite, of which the first is always there. */
export type CompositeInputs = readonly [Operand, ...(Operand | undefined)[]];

/**
 * How a composite is said in operators of ONNX; gives the names of its outputs, or undefined where no operator of this
 * version means the same: then its primitives are said.
 */
export type CompositeRow<C extends CompositeName> = (
  writer: GraphWriter,
  inputs: CompositeInputs,
  attrs: Composites[C],
  result: Result,
) => string | readonly string[] | undefined;

/** A row of whatever composite. */
export type AnyCompositeRow = (
  writer: GraphWriter,
  inputs: CompositeInputs,
  attrs: never,
  result: Result,
) => string | readonly string[] | undefined;

/** A row for each of some composites. */
export type CompositeRows<C extends CompositeName> = { readonly [N in C]: CompositeRow<N> };
