import { detectAnomaly } from "@tapegrad/autograd";
import type { Module } from "@tapegrad/nn";
import { GradError } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import type { Callback, Logs, Training } from "../training/callback.ts";
import { kept } from "../training/kept.ts";
import { firstNotFinite, isFinite } from "./first-not-finite.ts";

/** What {@link TerminateOnNaN} found. */
export interface NotFinite {
  /** The epoch, counted from 0. */
  readonly epoch: number;
  /** The batch of the epoch, counted from 0. */
  readonly batch: number;
  /** Where the first NaN or infinity came from, in words: "the output of layers.2 (Dense), operation matmul". */
  readonly origin: string;
}

/**
 * Stops a training whose loss or weights have become NaN or infinite, and says in which module and operation that began.
 *
 * It keeps a copy of the weights from before each batch, so that it can compute the batch that went wrong again, step by
 * step; that and a look at all weights is what it costs. What it found is written as a warning to the console.
 *
 * @example
 * const guard = new TerminateOnNaN();
 * guard.found; // => undefined
 */
export class TerminateOnNaN implements Callback {
  static readonly name: string = "TerminateOnNaN";
  /** Brings back what the batch started from. */
  #restart: (() => void) | undefined;
  #epoch = 0;
  #found: NotFinite | undefined;

  constructor(...none: []) {
    expectNothing("TerminateOnNaN", none);
  }

  /** What went wrong, and where; undefined as long as nothing did. */
  get found(): NotFinite | undefined {
    return this.#found;
  }

  onTrainBegin(): void {
    this.#found = undefined;
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  onBatchBegin(_batch: number, { net }: Training): void {
    this.#restart = kept(net);
  }

  onBatchEnd(batch: number, logs: Logs, training: Training): void {
    const { loss } = logs;
    const isLossFinite = loss === undefined || Number.isFinite(loss);
    if (isLossFinite && training.net.parameters().every(isFinite)) return;
    const origin = this.#originIn(training);
    this.#found = { epoch: this.#epoch, batch, origin };
    const what = isLossFinite ? "weights are no longer finite" : `the loss is ${loss}`;
    console.warn(`TerminateOnNaN: ${what} after batch ${batch} of epoch ${this.#epoch}. First not finite: ${origin}.`);
    training.stop();
  }

  /** Computes the batch again from where it started, and then leaves everything as it is. */
  #originIn(training: Training): string {
    const { net } = training;
    const restore = kept(net);
    this.#restart?.();
    try {
      return firstNotFinite(net, () => training.rerun()) ?? backwardOrigin(net, training);
    } finally {
      restore();
    }
  }

  onTrainEnd(): void {
    this.#restart = undefined;
  }
}

/** What went wrong behind a finite loss. */
function backwardOrigin(net: Module, training: Training): string {
  net.zeroGrad();
  try {
    detectAnomaly(() => {
      training.rerun().backward();
    });
  } catch (error) {
    if (!(error instanceof GradError)) throw error;
    return `a gradient. ${error.message.replace(/\.$/, "")}`;
  }
  const bad = net.namedParameters().find(([, { grad }]) => grad !== undefined && !isFinite(grad));
  return bad === undefined ? "the update of the weights" : `the gradient of ${bad[0]}`;
}
