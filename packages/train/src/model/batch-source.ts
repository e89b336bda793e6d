import type { Batch } from "./batch.ts";

/** One walk over batches. */
export interface BatchReader {
  /** The next batch, or undefined after the last. */
  next(): Batch | undefined | Promise<Batch | undefined>;
  /** Tells the source that nobody reads on. */
  close(): void | Promise<void>;
}

/** Where batches come from. */
export interface BatchSource {
  /** Batches in one walk, if that is known. */
  readonly length: number | undefined;
  /** Starts a walk, or goes on with the one of a loaded state. */
  read(): BatchReader;
  /** Where it stands; null for a source that cannot tell. */
  stateDict(): object | null;
  /** Takes over what `stateDict` gave. */
  loadStateDict(state: object): void;
}

/** A reader of whatever `iterator` gives, made to batches. */
export function readerOf(
  iterator: Iterator<unknown> | AsyncIterator<unknown>,
  batchOf: (given: unknown) => Batch,
): BatchReader {
  const take = ({ done, value }: IteratorResult<unknown>): Batch | undefined =>
    done === true ? undefined : batchOf(value);
  return {
    next() {
      const result = iterator.next();
      return result instanceof Promise ? result.then(take) : take(result);
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** The first batches of a source, again and again: what a net must be able to learn by heart. */
export class FirstBatches implements BatchSource {
  static readonly name: string = "FirstBatches";
  readonly length: number;
  readonly #source: BatchSource;
  /** Where the source stood before the first of them. */
  #start: object | null;
  #batches: Promise<Batch[]> | undefined;
  #position = 0;

  constructor(source: BatchSource, count: number) {
    this.#source = source;
    this.#start = source.stateDict();
    this.length = Math.min(count, source.length ?? count);
  }

  read(): BatchReader {
    return {
      next: async () => {
        const batches = await (this.#batches ??= this.#first());
        if (this.#position < batches.length) return batches[this.#position++];
        this.#position = 0;
        return undefined;
      },
      close: () => undefined,
    };
  }

  async #first(): Promise<Batch[]> {
    const reader = this.#source.read();
    const batches: Batch[] = [];
    while (batches.length < this.length) {
      const batch = await reader.next();
      if (batch === undefined) break;
      batches.push(batch);
    }
    await reader.close();
    return batches;
  }

  stateDict(): object {
    return { start: this.#start, position: this.#position };
  }

  loadStateDict(state: object): void {
    const { start, position } = state as { readonly start: object | null; readonly position: number };
    if (start !== null) this.#source.loadStateDict(start);
    this.#start = start;
    this.#position = position;
  }
}
