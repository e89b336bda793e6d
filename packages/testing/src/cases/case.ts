import { tensor } from "@tapegrad/tensor";
import type { DType, Tensor } from "@tapegrad/tensor";
import type { AttrsOf, PrimitiveName } from "@tapegrad/tensor/internal";
import { type Nd, uniform } from "../nd.ts";

/** What to fill an input with. */
export interface InputCase {
  readonly shape: readonly number[];
  /** Given elements; drawn from the domain if there are none. */
  readonly data?: readonly number[];
  /** float64 (and, for values, float32 too) unless said. */
  readonly dtype?: "int32" | "bool";
}

/** One application of a primitive. */
export interface Case<Attrs> {
  readonly attrs: Attrs;
  readonly inputs: readonly InputCase[];
  /** False where the function has a kink or pole: only values are compared. */
  readonly smooth?: boolean;
}

/** A primitive's reference and cases. */
export interface Entry<Attrs> {
  /** What it should give, computed naively; undefined where only gradients are tested. */
  readonly reference: ((inputs: readonly Nd[], attrs: Attrs) => readonly Nd[]) | undefined;
  /** Range of drawn elements. Default: [-2, 2]. */
  readonly domain?: readonly [number, number];
  /** Distance of an element to the next kink; drawn elements keep 0.02. */
  readonly kink?: (x: number) => number;
  readonly cases: readonly Case<Attrs>[];
}

/** One entry per primitive of a family. */
export type Entries<P extends PrimitiveName> = { readonly [Name in P]: Entry<AttrsOf<Name>> };

/** An input as float32 or float64 tensor, or in its own dtype. */
export function inputTensor(
  input: InputCase,
  { domain = [-2, 2], kink }: Pick<Entry<unknown>, "domain" | "kink">,
  seed: number,
  dtype: DType,
): Tensor {
  const [low, high] = domain;
  const next = uniform(seed);
  const size = input.shape.reduce((product, extent) => product * extent, 1);
  const draw = (): number => {
    const x = low + (high - low) * next();
    return kink !== undefined && kink(x) < 0.02 ? draw() : x;
  };
  const data = input.data ?? Array.from({ length: size }, draw);
  return tensor(Float64Array.from(data), { shape: input.shape, dtype: input.dtype ?? dtype });
}

/** What a reference sees of a tensor. */
export function toNd({ shape, data }: Tensor): Nd {
  return { shape, data: Array.from(data) };
}

/** Shorthand for an input with drawn elements. */
export function drawn(...shape: number[]): InputCase {
  return { shape };
}

/** Shorthand for an input with given elements. */
export function given(shape: readonly number[], data: readonly number[], dtype?: "int32" | "bool"): InputCase {
  return dtype === undefined ? { shape, data } : { shape, data, dtype };
}
