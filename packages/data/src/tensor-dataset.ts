import { ShapeError, Tensor, type TensorTuple, ValueError } from "@tapegrad/tensor";
import { expectNothing, formatValue } from "@tapegrad/tensor/internal";
import { checkIndex } from "./check-index.ts";
import { expectIndices } from "./expect-indices.ts";
import type { Collated, Dataset } from "./dataset.ts";
import { gatherRows } from "./gather-rows.ts";

/**
 * Tensors whose first axes belong together: sample `i` is row `i` of each.
 *
 * @param tensors one or more tensors of shape `[N, ...]` with the same N and any dtypes
 * @throws {ValueError} if there is no tensor
 * @throws {ShapeError} if a tensor has no first axis, or first axes differ
 * @example
 * const pairs = new TensorDataset(tensor([[1, 2], [3, 4], [5, 6]]), tensor([0, 1, 0], { dtype: "int32" }));
 * pairs.length; // => 3
 * pairs.get(1)[0].toArray(); // => [3, 4]
 */
export class TensorDataset<Tensors extends readonly Tensor[]> implements Dataset<TensorTuple<Tensors>> {
  static readonly name: string = "TensorDataset";

  /** The tensors as they were given. */
  readonly tensors: Tensors;
  /** How many samples there are: the size of the first axes. */
  readonly length: number;

  constructor(...tensors: Tensors) {
    const [first] = tensors;
    if (first === undefined) throw new ValueError("TensorDataset: expected at least one tensor, got none.");
    tensors.forEach((each, position) => {
      if (!(each instanceof Tensor)) {
        throw new ValueError(`TensorDataset: expected tensors, got ${formatValue(each)} at position ${position}.`);
      }
      if (each.ndim === 0) {
        throw new ShapeError(
          `TensorDataset: expected tensors with a first axis, got a scalar at position ${position}.`,
        );
      }
    });
    const sizes = tensors.map((each) => each.shape[0]);
    if (sizes.some((size) => size !== sizes[0])) {
      throw new ShapeError(`TensorDataset: expected first axes of the same size, got ${sizes.join(", ")}.`);
    }
    this.tensors = tensors;
    this.length = first.shape[0] ?? 0;
  }

  /** Row `index` of every tensor, without the first axis. */
  get(index: number, _epoch = 0, ...none: []): TensorTuple<Tensors> {
    expectNothing("TensorDataset.get", none);
    checkIndex("TensorDataset.get", index, this.length);
    const row = Int32Array.of(index);
    return this.#map((each) => gatherRows("TensorDataset.get", each, row).reshape(each.shape.slice(1)));
  }

  /** The rows `indices` of every tensor, copied. */
  gather(indices: Int32Array, _epoch = 0, ...none: []): Collated<TensorTuple<Tensors>> {
    expectNothing("TensorDataset.gather", none);
    expectIndices("TensorDataset.gather", indices);
    return this.#map((each) => gatherRows("TensorDataset.gather", each, indices)) as Collated<TensorTuple<Tensors>>;
  }

  #map(row: (each: Tensor) => Tensor): TensorTuple<Tensors> {
    return this.tensors.map((each) => row(each)) as TensorTuple<Tensors>;
  }
}
