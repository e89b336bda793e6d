import { ValueError } from "@tapegrad/tensor";
import { expectNothing, isPlainObject } from "@tapegrad/tensor/internal";
import { checkIndex } from "./check-index.ts";
import { expectIndices } from "./expect-indices.ts";
import { type Collated, type Dataset, expectDataset, isDataset } from "./dataset.ts";
import { gatherSamples } from "./loader/gather-samples.ts";
import { isPromise } from "./is-promise.ts";

/** Data sets side by side: in a list, or by name. */
export type SideBySide = readonly Dataset<unknown>[] | Readonly<Record<string, Dataset<unknown>>>;

/** What a {@link StackDataset} is made of: data sets one by one, or one record of them. */
export type StackArguments = readonly Dataset<unknown>[] | readonly [Readonly<Record<string, Dataset<unknown>>>];

/** The list or the record in the arguments. */
export type StackOf<Given extends StackArguments> = Given extends readonly Dataset<unknown>[] ? Given : Given[0];

/** A sample of each data set, promised if one of them is. */
export type Stacked<Sets extends SideBySide> = [Extract<AnySample<Sets>, PromiseLike<unknown>>] extends [never]
  ? Parts<Sets>
  : Promise<Parts<Sets>>;

type SampleOf<Set> = Set extends { get(index: number): infer Sample } ? Sample : never;

type Parts<Sets extends SideBySide> = { -readonly [Key in keyof Sets]: Awaited<SampleOf<Sets[Key]>> };

type AnySample<Sets extends SideBySide> = SampleOf<Sets extends readonly unknown[] ? Sets[number] : Sets[keyof Sets]>;

/**
 * Data sets of the same length side by side: sample `i` is the list, or the record, of their samples `i`.
 *
 * @param datasets data sets one by one, or one record of them
 * @throws {ValueError} if there is no data set, or they differ in length; also when they are read, if they do by then
 * @example
 * const x = new TensorDataset(tensor([[1, 2], [3, 4]]));
 * const names: Dataset<string> = { length: 2, get: (index) => "ab".charAt(index) };
 * new StackDataset({ x, names }).get(1).names; // => "b"
 * const [[[rows], batch]] = new DataLoader(new StackDataset(x, names), { batchSize: 2 });
 * rows.shape; // => [2, 2]
 * batch; // => ["a", "b"]
 */
export class StackDataset<const Given extends StackArguments> implements Dataset<Stacked<StackOf<Given>>> {
  static readonly name: string = "StackDataset";
  /** What the samples come from: a list, or a record. */
  readonly datasets: StackOf<Given>;

  constructor(...datasets: Given) {
    const [first] = datasets as readonly unknown[];
    const isRecord = datasets.length === 1 && isPlainObject(first) && !isDataset(first);
    this.datasets = (isRecord ? first : datasets) as StackOf<Given>;
    const all: readonly unknown[] = Object.values(this.datasets);
    if (all.length === 0) throw new ValueError("StackDataset: expected at least one data set, got none.");
    for (const each of all) expectDataset("StackDataset", each);
    this.#expectOneLength("StackDataset");
  }

  /** How many samples each of the data sets has. */
  get length(): number {
    return this.#expectOneLength("StackDataset.length");
  }

  get(index: number, epoch?: number, ...none: []): Stacked<StackOf<Given>> {
    expectNothing("StackDataset.get", none);
    checkIndex("StackDataset.get", index, this.length);
    return this.#beside((each) => each.get(index, epoch)) as Stacked<StackOf<Given>>;
  }

  gather(indices: Int32Array, epoch?: number, ...none: []): Collated<Stacked<StackOf<Given>>> {
    expectNothing("StackDataset.gather", none);
    expectIndices("StackDataset.gather", indices);
    const { length } = this;
    for (const index of indices) checkIndex("StackDataset.gather", index, length);
    // A promise if the samples are promises, as their type says.
    return this.#beside((each) => gatherSamples(each, indices, epoch)) as Collated<Stacked<StackOf<Given>>>;
  }

  /** What `read` makes of each data set, in the form of `datasets`; a promise if one of it is. */
  #beside(read: (dataset: Dataset<unknown>) => unknown): unknown {
    const { datasets } = this;
    const parts = Object.values<Dataset<unknown>>(datasets).map(read);
    const form = (each: readonly unknown[]): unknown =>
      Array.isArray(datasets) ? each : Object.fromEntries(Object.keys(datasets).map((key, i) => [key, each[i]]));
    return parts.some(isPromise) ? Promise.all(parts).then(form) : form(parts);
  }

  #expectOneLength(fn: string): number {
    const lengths = Object.values<Dataset<unknown>>(this.datasets).map(({ length }) => length);
    if (lengths.every((length) => length === lengths[0])) return lengths[0]!;
    throw new ValueError(`${fn}: expected data sets of the same length, got ${lengths.join(", ")}.`);
  }
}
