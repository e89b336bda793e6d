import type { TypedArray } from "../dtype.ts";
import type { AttrsOf, PrimitiveName } from "../primitives/primitive.ts";
import type { Block, Spec } from "../storage.ts";

/** The elements of every output, or undefined where the reference is faster, or there is no kernel for such inputs. */
export type Kernel<Attrs> = (
  inputs: readonly Block[],
  attrs: Attrs,
  outputs: readonly Spec[],
) => readonly TypedArray[] | undefined;

/** Kernels of some primitives. */
export type Kernels = { readonly [P in PrimitiveName]?: Kernel<AttrsOf<P>> };
