import { ValueError } from "@tapegrad/tensor";
import type { Batch } from "./batch.ts";
import type { BatchReader, BatchSource } from "./batch-source.ts";

/** The batches of one epoch after the other. */
export class BatchStream {
  static readonly name: string = "BatchStream";
  readonly #source: BatchSource;
  /** Batches after which an epoch ends although there are more. */
  readonly #limit: number | undefined;
  #reader: BatchReader | undefined;
  /** Walks one after the other that gave nothing. */
  #empty = 0;

  constructor(source: BatchSource, limit: number | undefined) {
    this.#source = source;
    this.#limit = limit;
  }

  /** Batches in an epoch; undefined if the source does not know. */
  get steps(): number | undefined {
    return this.#limit ?? this.#source.length;
  }

  /**
   * The next batch of an epoch of which `done` batches are done; undefined at its end.
   *
   * @throws {ValueError} if the source gives nothing
   */
  next(done: number): Batch | undefined | Promise<Batch | undefined> {
    if (done === this.#limit) return undefined;
    this.#reader ??= this.#source.read();
    const given = this.#reader.next();
    return given instanceof Promise ? given.then((batch) => this.#taken(batch, done)) : this.#taken(given, done);
  }

  #taken(batch: Batch | undefined, done: number): Batch | undefined | Promise<Batch | undefined> {
    if (batch !== undefined) {
      this.#empty = 0;
      return batch;
    }
    this.#reader = undefined;
    if (this.#limit === undefined && done > 0) return undefined;
    // A walk that a loaded state goes on with may be at its end; the one after it may not.
    if (this.#empty++ === 0) return this.next(done);
    throw new ValueError(
      "Model.fit: expected a batch, got none. A generator can be walked only once: pass a loader, which starts anew.",
    );
  }

  /** Tells the source that nobody reads on. */
  async close(): Promise<void> {
    await this.#reader?.close();
    this.#reader = undefined;
  }
}
