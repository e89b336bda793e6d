import type { Tensor } from "./tensor.ts";

/** Some tensors: an array, or any other iterable, such as a set or the result of a generator. */
export type Tensors = readonly Tensor[] | Iterable<Tensor>;

/** Whatever a function returns; where a type parameter extends it, a list of several things is known to be a tuple. */
export type AnyResult = [] | {} | null | undefined | void;

/** A tensor in place of each item: a tuple for a tuple, an array for an array. */
export type TensorTuple<Items extends readonly unknown[]> = { -readonly [Key in keyof Items]: Tensor };

/** A tensor for each input: a tuple for a tuple, an array for any other iterable. */
export type TensorPerInput<Inputs extends Tensors> = Inputs extends readonly Tensor[] ? TensorTuple<Inputs> : Tensor[];

/** A function that takes a tensor for each input: as many as a tuple has, any number where that is not known. */
export type TensorFunction<Inputs extends Tensors, Result = Tensor> = Inputs extends infer Items extends
  readonly Tensor[]
  ? number extends Items["length"]
    ? (...inputs: Tensor[]) => Result
    : (...inputs: TensorTuple<Items>) => Result
  : (...inputs: Tensor[]) => Result;
