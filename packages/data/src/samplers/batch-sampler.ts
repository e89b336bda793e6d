import { ValueError } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkCount } from "../check-count.ts";
import type { Sampler } from "./sampler.ts";

/** Options of {@link BatchSampler}. */
export interface BatchSamplerOptions {
  /** How many indices a batch has. */
  readonly batchSize: number;
  /** Whether to leave out a last batch that is smaller than the others. */
  readonly dropLast?: boolean;
}

/**
 * Cuts the order of a sampler into batches.
 *
 * @param sampler at least one index
 * @throws {ValueError} if the batch size is not a positive integer, or no batch would be left
 * @example
 * new BatchSampler(new SequentialSampler(5), { batchSize: 2 }).batches(0).map((batch) => batch.length); // => [2, 2, 1]
 */
export class BatchSampler {
  readonly sampler: Sampler;
  readonly batchSize: number;
  readonly dropLast: boolean;
  /** How many batches an epoch has. */
  readonly length: number;

  constructor(sampler: Sampler, options: BatchSamplerOptions) {
    checkOptions("BatchSampler", options, ["batchSize", "dropLast"]);
    checkCount("BatchSampler", "batchSize", options.batchSize, 1);
    const { batchSize, dropLast = false } = options;
    if (dropLast && sampler.length < batchSize) {
      throw new ValueError(
        `BatchSampler: expected a batchSize of at most ${sampler.length} with dropLast, got ${batchSize}.`,
      );
    }
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.length = dropLast ? Math.floor(sampler.length / batchSize) : Math.ceil(sampler.length / batchSize);
  }

  /** The batches of epoch `epoch`, as lists of indices. */
  batches(epoch: number): Int32Array[] {
    const order = this.sampler.indices(epoch);
    const { batchSize } = this;
    return Array.from({ length: this.length }, (_, batch) =>
      order.subarray(batch * batchSize, (batch + 1) * batchSize),
    );
  }
}
