import { collate as collateSamples } from "../collate.ts";
import type { Collated, Dataset } from "../dataset.ts";
import { isPromise } from "../is-promise.ts";

/**
 * One batch of the samples at `indices`: copied at once where the data set can do so, otherwise collated one by one; a
 * promise of it if samples are promised.
 */
export function gatherSamples<Sample>(
  dataset: Dataset<Sample>,
  indices: Int32Array,
  epoch = 0,
): Collated<Sample> | Promise<Collated<Sample>> {
  if (dataset.gather !== undefined) return dataset.gather(indices, epoch);
  return collateWith(dataset, indices, epoch, (samples) => collateSamples(samples) as Collated<Sample>);
}

/** What `collate` makes of the samples at `indices`, or a promise of it if samples are promised. */
export function collateWith<Sample, Batch>(
  dataset: Dataset<Sample>,
  indices: Int32Array,
  epoch: number,
  collate: (samples: readonly Awaited<Sample>[]) => Batch | Promise<Batch>,
): Batch | Promise<Batch> {
  const samples: Sample[] = Array.from(indices, (index) => dataset.get(index, epoch));
  return samples.some(isPromise)
    ? Promise.all(samples).then(collate)
    : collate(samples as unknown as readonly Awaited<Sample>[]);
}
