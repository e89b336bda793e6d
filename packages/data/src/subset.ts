import { expectNothing } from "@tapegrad/tensor/internal";
import { checkIndex } from "./check-index.ts";
import { expectIndices } from "./expect-indices.ts";
import { type Collated, type Dataset, expectDataset } from "./dataset.ts";
import { gatherSamples } from "./loader/gather-samples.ts";

/**
 * The samples of another data set at chosen indices, without copying them.
 *
 * @param dataset where the samples are
 * @param indices which of them, in order; repeats are allowed
 * @throws {ValueError} if an index is out of range
 * @example
 * const letters: Dataset<string> = { length: 3, get: (index) => "abc".charAt(index) };
 * new Subset(letters, [2, 0]).get(0); // => "c"
 */
export class Subset<Sample> implements Dataset<Sample> {
  static readonly name: string = "Subset";
  /** What the samples come from. */
  readonly dataset: Dataset<Sample>;
  /** Which samples of `dataset` these are, in order. */
  readonly indices: Int32Array;
  readonly length: number;

  constructor(dataset: Dataset<Sample>, indices: ArrayLike<number>, ...none: []) {
    expectNothing("Subset", none);
    expectDataset("Subset", dataset);
    expectIndices("Subset", indices);
    for (let position = 0; position < indices.length; position++) {
      checkIndex("Subset", indices[position] ?? Number.NaN, dataset.length);
    }
    this.dataset = dataset;
    this.indices = Int32Array.from(indices);
    this.length = indices.length;
  }

  get(index: number, epoch = 0, ...none: []): Sample {
    expectNothing("Subset.get", none);
    return this.dataset.get(this.#at("Subset.get", index), epoch);
  }

  gather(indices: Int32Array, epoch = 0, ...none: []): Collated<Sample> {
    expectNothing("Subset.gather", none);
    expectIndices("Subset.gather", indices);
    const chosen = Int32Array.from(indices, (index) => this.#at("Subset.gather", index));
    // A promise if the samples are promises, as their type says.
    return gatherSamples(this.dataset, chosen, epoch) as Collated<Sample>;
  }

  #at(fn: string, index: number): number {
    checkIndex(fn, index, this.length);
    return this.indices[index] ?? 0;
  }
}
