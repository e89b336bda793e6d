import type { TypedArray } from "../dtype.ts";
import type { AttrsOf, PrimitiveName } from "../primitives/primitive.ts";
import type { Block, Spec } from "../storage.ts";

/** The elements of every output, or undefined where the reference is faster, or there is no kernel for such inputs. */
export type Kernel<P extends PrimitiveName> = (
  inputs: readonly Block[],
  attrs: AttrsOf<P>,
  outputs: readonly Spec[],
) => readonly TypedArray[] | undefined;
