import { type Stateful, ValueError } from "@tapegrad/tensor";
import {
  expectFunction,
  expectNothing,
  expectState,
  expectValue,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { collate as collateSamples } from "../collate.ts";
import type { Collated } from "../dataset.ts";
import type { IterableDataset } from "../iterable-dataset.ts";
import { Cursor } from "../cursor.ts";
import { freshSeed, seedOption } from "../samplers/fresh-seed.ts";
import { type PipelineSource, streamOf } from "./source.ts";
import { askAhead, runLater, runNow, type Stage } from "./stage.ts";
import { batching, filtering, mapping, shuffling, skipping, taking } from "./stages.ts";

/** Options of `Pipeline.batch`. */
export interface BatchOptions<Sample, Batch> {
  /** Whether to leave out a last batch that is smaller than the others; false if absent. */
  readonly dropLast?: boolean;
  /** Makes a batch of a list of samples; if absent, tensors are stacked and tuples stay tuples. */
  readonly collate?: ((samples: readonly Sample[]) => Batch) | undefined;
}

/** Options of `Pipeline.shuffle`. */
export interface ShuffleOptions {
  /** The same seed gives the same orders. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

/** Where a {@link Pipeline} stands. All values are plain JSON. */
export interface PipelineState {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** How much of what comes out has been read. */
  readonly position: number;
}

const batchTable: OptionTable<BatchOptions<never, unknown>> = {
  dropLast: option(ranges.flag, false),
  collate: optional(ranges.callable()),
};
const shuffleTable: OptionTable<ShuffleOptions> = { seed: seedOption };

/** The samples of an epoch, at hand or to come later: exactly one is asked for. */
export interface Flow<Sample> {
  /** The samples of an epoch in a plain loop. */
  readonly now: (epoch: number) => Iterable<Sample>;
  /** The samples of an epoch in a loop that waits. */
  readonly later: (epoch: number) => AsyncIterable<Sample> | Iterable<Sample>;
}

/**
 * Samples on their way through steps, one at a time. Each method gives a new pipeline and leaves this one as it was.
 *
 * Every `for` loop is one epoch, with orders of its own that follow from seed and epoch; `for await` reads sources and
 * functions that give promises. `stateDict` tells where the loop stands, and a pipeline of the same steps that loads it goes
 * on from there: it reads the epoch again, and leaves out what was read.
 *
 * @throws {ValueError} by a loop, if a sample is a promise outside of `for await`, or a source can be read only once
 */
export class Pipeline<Sample>
  implements IterableDataset<Sample>, Iterable<Sample>, AsyncIterable<Sample>, Stateful<PipelineState>
{
  static readonly name: string = "Pipeline";
  readonly #flow: Flow<Sample>;
  readonly #cursor = new Cursor();

  /** @internal */
  constructor(flow: Flow<Sample>) {
    this.#flow = flow;
  }

  /** Each sample through a function of it, its place in the epoch from 0, and the epoch; promises are waited for. */
  map<Mapped>(
    transform: (sample: Sample, index: number, epoch: number) => Mapped,
    ...none: []
  ): Pipeline<Awaited<Mapped>> {
    expectNothing("Pipeline.map", none);
    expectFunction("Pipeline.map", "transform", transform);
    return this.#through((epoch) => mapping(transform, epoch)) as Pipeline<Awaited<Mapped>>;
  }

  /** The samples of which `keep` says true. */
  filter(keep: (sample: Sample, index: number) => boolean, ...none: []): Pipeline<Sample> {
    expectNothing("Pipeline.filter", none);
    expectFunction("Pipeline.filter", "keep", keep);
    return this.#through(() => filtering(keep));
  }

  /** Batches of `size` samples; the last one may have fewer. */
  batch<Batch = Collated<Sample>>(size: number, options: BatchOptions<Sample, Batch> = {}): Pipeline<Awaited<Batch>> {
    const { dropLast } = settleOptions<BatchOptions<never, unknown>>("Pipeline.batch", options, batchTable);
    expectValue("Pipeline.batch", "size", size, ranges.count);
    const collate = options.collate ?? (collateSamples as unknown as (samples: readonly Sample[]) => Batch);
    return this.#through(() => batching(size, { dropLast, collate })) as Pipeline<Awaited<Batch>>;
  }

  /**
   * Samples in a new random order each epoch. Each is one of `buffer` that wait, drawn at random: a buffer as large as the
   * source shuffles fully, and a small one hardly moves what lies far apart.
   */
  shuffle(buffer: number, options: ShuffleOptions = {}): Pipeline<Sample> {
    const { seed = freshSeed() } = settleOptions("Pipeline.shuffle", options, shuffleTable);
    expectValue("Pipeline.shuffle", "buffer", buffer, ranges.count);
    return this.#through((epoch) => shuffling(buffer, seed, epoch));
  }

  /** The samples `times` over, without end if it is not given; each time is an epoch of all steps before. */
  repeat(times: number = Infinity, ...none: []): Pipeline<Sample> {
    expectNothing("Pipeline.repeat", none);
    if (times !== Infinity) expectValue("Pipeline.repeat", "times", times, ranges.whole(0));
    const { now, later } = this.#flow;
    // What never ends has one epoch.
    const first = (epoch: number): number => (times === Infinity ? 0 : epoch * times);
    return new Pipeline({
      *now(epoch) {
        for (let time = 0; time < times; time++) yield* now(first(epoch) + time);
      },
      async *later(epoch) {
        for (let time = 0; time < times; time++) yield* later(first(epoch) + time);
      },
    });
  }

  /** The first `count` samples; no more are read. */
  take(count: number, ...none: []): Pipeline<Sample> {
    expectNothing("Pipeline.take", none);
    expectValue("Pipeline.take", "count", count, ranges.whole(0));
    return this.#through(() => taking(count));
  }

  /** All but the first `count` samples. */
  skip(count: number, ...none: []): Pipeline<Sample> {
    expectNothing("Pipeline.skip", none);
    expectValue("Pipeline.skip", "count", count, ranges.whole(0));
    return this.#through(() => skipping(count));
  }

  /** The same samples, of which `count` are on their way, in a `for await` loop, while one is worked on. */
  prefetch(count: number, ...none: []): Pipeline<Sample> {
    expectNothing("Pipeline.prefetch", none);
    expectValue("Pipeline.prefetch", "count", count, ranges.whole(0));
    const { now, later } = this.#flow;
    return new Pipeline({ now, later: (epoch) => askAhead(asyncIterator(later(epoch)), count) });
  }

  /** The samples of epoch `epoch`, whatever was read before; `for await` reads those that come later. */
  samples(epoch: number, ...none: []): Iterable<Sample> & AsyncIterable<Sample> {
    expectNothing("Pipeline.samples", none);
    expectValue("Pipeline.samples", "epoch", epoch, ranges.whole(0));
    const { now, later } = this.#flow;
    return {
      [Symbol.iterator]: () => now(epoch)[Symbol.iterator](),
      [Symbol.asyncIterator]: () => asyncIterator(later(epoch)),
    };
  }

  /** Starts an epoch, or goes on with the one of a loaded state. */
  *[Symbol.iterator](): Generator<Sample, void, undefined> {
    const { epoch, start, read, end } = this.#cursor.begin();
    let position = start;
    for (const sample of runNow(this.#flow.now(epoch), skipping(start))) {
      read(++position);
      yield sample;
    }
    end();
  }

  /** Like the plain iterator, for sources and functions that give promises. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Sample, void, undefined> {
    const { epoch, start, read, end } = this.#cursor.begin();
    let position = start;
    for await (const sample of runLater(this.#flow.later(epoch), skipping(start))) {
      read(++position);
      yield sample;
    }
    end();
  }

  /** Where the pipeline stands, as plain JSON values. Inside a loop the sample at hand counts as read. */
  stateDict(): PipelineState {
    const { epoch, position } = this.#cursor;
    return { epoch, position };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): PipelineState {
    return this.stateDict();
  }

  /**
   * Makes the next loop go on where `state` was taken. Give `shuffle` a seed: it is not part of the state.
   *
   * @throws {ValueError} if the state is malformed; nothing has changed then
   */
  loadStateDict(state: PipelineState, ...none: []): void {
    expectNothing("Pipeline.loadStateDict", none);
    expectState("Pipeline.loadStateDict", state);
    expectValue("Pipeline.loadStateDict", "epoch", state.epoch, ranges.whole(0));
    expectValue("Pipeline.loadStateDict", "position", state.position, ranges.whole(0));
    this.#cursor.moveTo(state.epoch, state.position);
  }

  #through<Out>(stage: (epoch: number) => Stage<Sample, Out>): Pipeline<Out> {
    const { now, later } = this.#flow;
    return new Pipeline<Out>({
      now: (epoch) => runNow(now(epoch), stage(epoch)),
      later: (epoch) => runLater(later(epoch), stage(epoch)) as AsyncIterable<Out>,
    });
  }
}

function asyncIterator<Value>(
  values: Iterable<Value> | AsyncIterable<Value>,
): AsyncIterator<Value, unknown, undefined> {
  if (Symbol.asyncIterator in values) return values[Symbol.asyncIterator]();
  return (async function* () {
    yield* values;
  })();
}

/**
 * Steps on samples that come one at a time: `map`, `filter`, `shuffle`, `batch`, `repeat`, `take`, `skip`, `prefetch`.
 *
 * For data sets that can be read in any order, a `DataLoader` shuffles fully; a pipeline is for streams, and for steps
 * between reading and batching.
 *
 * @param source an iterable or async iterable, an `IterableDataset`, or a data set, which is read in its order
 * @throws {ValueError} if it is nothing of that; by a loop without `for await`, if the samples come later
 * @example
 * const odd = pipeline([1, 2, 3, 4, 5, 6]).filter((x) => x % 2 === 1).map((x) => 10 * x).batch(2);
 * Array.from(odd, (batch) => batch.toArray()); // => [[10, 30], [50]]
 * const shuffled = pipeline([1, 2, 3, 4]).shuffle(4, { seed: 0 });
 * [...shuffled].length; // => 4
 */
export function pipeline<Sample>(source: PipelineSource<Sample>, ...none: []): Pipeline<Awaited<Sample>> {
  expectNothing("pipeline", none);
  const stream = streamOf(source);
  return new Pipeline<Awaited<Sample>>({
    now(epoch) {
      const samples = stream.samples(epoch);
      if (Symbol.iterator in samples)
        return runNow(
          samples,
          mapping((sample) => sample, epoch),
        ) as Iterable<Awaited<Sample>>;
      throw new ValueError(
        "Pipeline: expected samples at hand, got a source of promises. Read the pipeline with for await.",
      );
    },
    later: (epoch) => stream.samples(epoch) as AsyncIterable<Awaited<Sample>>,
  });
}
