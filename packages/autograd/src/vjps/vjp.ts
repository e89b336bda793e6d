import type { Tensor } from "@tapegrad/tensor";
import type { AttrsOf, OutputsOf, PrimitiveName } from "@tapegrad/tensor/internal";
import type { Saved } from "../saved.ts";

/** The cotangent of the only output, or one per output, of which those not needed are undefined. */
export type CotangentOf<P extends PrimitiveName> =
  OutputsOf<P, Tensor> extends readonly [Tensor] ? Tensor : OutputsOf<P, Tensor | undefined>;

/**
 * Carries a cotangent back to one input, in differentiable operations. The result may still
 * have the broadcast shape: the engine sums it back to the input's.
 */
export type InputPullback<P extends PrimitiveName> = (ct: CotangentOf<P>, saved: Saved, attrs: AttrsOf<P>) => Tensor;

/** One pullback for each of any number of inputs. */
export type VariadicPullback<P extends PrimitiveName> = (
  ct: CotangentOf<P>,
  saved: Saved,
  attrs: AttrsOf<P>,
  index: number,
) => Tensor;

/**
 * How a primitive is differentiated: a pullback per input (`null` for an input without
 * gradient, such as an index), one for all inputs of a variadic primitive, or `null` if its
 * outputs have no gradient at all.
 */
export type Vjp<P extends PrimitiveName> = readonly (InputPullback<P> | null)[] | VariadicPullback<P> | null;

/** The rows for some primitives. */
export type Vjps<P extends PrimitiveName> = { readonly [Name in P]: Vjp<Name> };
