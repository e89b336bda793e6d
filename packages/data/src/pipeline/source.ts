import { ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import { type Dataset, isDataset } from "../dataset.ts";
import { type IterableDataset, isIterableDataset } from "../iterable-dataset.ts";

/** What a pipeline can read: an iterable, also one of samples that come later, a stream, or a data set in its order. */
export type PipelineSource<Sample> =
  | Iterable<Sample>
  | AsyncIterable<Sample>
  | IterableDataset<Sample>
  | Dataset<Sample>;

/**
 * A source as a stream.
 *
 * @throws {ValueError} if nothing can be read there; by `samples`, if it can be read only once and has been
 */
export function streamOf<Sample>(source: PipelineSource<Sample>): IterableDataset<Sample> {
  if (isIterableDataset(source)) return source as IterableDataset<Sample>;
  if (isDataset(source)) return { samples: (epoch) => inOrder(source as Dataset<Sample>, epoch) };
  if (!isIterable(source)) {
    throw new ValueError(
      `pipeline: expected an iterable, a stream with samples(epoch) or a data set, got ${quoted(source)}.`,
    );
  }
  let isRead = false;
  return {
    samples() {
      if (isRead && isIterator(source)) {
        throw new ValueError(
          "pipeline: expected a source that can be read again, got a generator that has been. Pass { samples: (epoch) => ... }, which starts anew.",
        );
      }
      isRead = true;
      return source;
    },
  };
}

function* inOrder<Sample>(dataset: Dataset<Sample>, epoch: number): Generator<Sample, void, undefined> {
  for (let index = 0; index < dataset.length; index++) yield dataset.get(index, epoch);
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** Whether it is what gives values, one after the other, not what can be asked for that. */
function isIterator(value: object): boolean {
  return "next" in value && typeof value.next === "function";
}
