import { ValueError } from "@tapegrad/tensor";
import { expectValue, type ValueRange } from "@tapegrad/tensor/internal";
import { type IterableDataset, isIterableDataset } from "./iterable-dataset.ts";

const streamRange: ValueRange<IterableDataset<unknown>> = { text: "to have samples(epoch)", has: isIterableDataset };

/**
 * Several streams one after the other, as one; each is begun when the one before has ended.
 *
 * @param streams at least one stream; `for await` reads the whole if the samples of one of them come later
 * @throws {ValueError} if there is no stream, or something is none; by a plain loop, if the samples of one come later
 * @see concat for data sets, which have a length
 * @example
 * const ones = pipeline([1, 1]);
 * const both = chain(ones, pipeline([2]));
 * [...pipeline(both)]; // => [1, 1, 2]
 */
export function chain<Sample>(...streams: readonly IterableDataset<Sample>[]): IterableDataset<Sample> {
  if (streams.length === 0) throw new ValueError("chain: expected at least one stream, got none.");
  for (const stream of streams) expectValue("chain", "stream", stream, streamRange);
  return {
    samples: (epoch: number): Iterable<Sample> & AsyncIterable<Sample> => ({
      *[Symbol.iterator]() {
        for (const stream of streams) {
          const samples = stream.samples(epoch);
          if (Symbol.iterator in samples) yield* samples;
          else
            throw new ValueError("chain: expected samples at hand, got some that come later. Read it with for await.");
        }
      },
      async *[Symbol.asyncIterator]() {
        for (const stream of streams) yield* stream.samples(epoch);
      },
    }),
  };
}
