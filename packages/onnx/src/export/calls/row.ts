import { isFloat } from "@tapegrad/tensor/internal";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { CallName, Calls } from "../trace/calls.ts";
import type { Operand, Result } from "../primitives/row.ts";

/** The inputs of a call, of which the first is always there. */
export type CallInputs = readonly [Operand, ...(Operand | undefined)[]];

/**
 * How a call is said in operators of ONNX; gives the names of its outputs, or undefined where no operator of this
 * version means the same: then its primitives are said.
 */
export type CallRow<C extends CallName> = (
  writer: GraphWriter,
  inputs: CallInputs,
  attrs: Calls[C],
  result: Result,
) => string | readonly string[] | undefined;

/** A row of whatever call. */
export type AnyCallRow = (
  writer: GraphWriter,
  inputs: CallInputs,
  attrs: never,
  result: Result,
) => string | readonly string[] | undefined;

/** A row for each of some calls. */
export type CallRows<C extends CallName> = { readonly [N in C]: CallRow<N> };

/** Of operators whose inputs and outputs are floats of one dtype; primitives convert what is of another. */
export function ofFloats<C extends CallName>(row: CallRow<C>): CallRow<C> {
  return (writer, inputs, attrs, result) =>
    isFloat(result.dtype) && inputs.every((input) => input === undefined || input.dtype === result.dtype)
      ? row(writer, inputs, attrs, result)
      : undefined;
}
