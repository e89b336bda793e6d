import { assign, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { settleState, withGradMode } from "@tapegrad/tensor/internal";
import type { Logs } from "../training/callback.ts";
import type { Metric } from "../metrics/metric.ts";
import { type Batch, samplesIn } from "./batch.ts";
import { snapshot } from "@tapegrad/io/internal";

/** State of {@link Figures}. */
export interface FiguresState {
  /** Sum of the losses of batches, each times its number of samples, and the number of samples. */
  readonly loss: { readonly total: Tensor; readonly samples: Tensor };
  /** The states of the metrics in their order. */
  readonly metrics: readonly object[];
}

/**
 * Loss and metrics over the batches since the last reset. They are gathered in tensors, inside a compiled step too, and
 * nobody waits for them until somebody reads them.
 */
export class Figures {
  static readonly name: string = "Figures";
  readonly #total: Tensor = zeros([], { dtype: "float64" });
  readonly #samples: Tensor = zeros([], { dtype: "float64" });
  readonly #metrics: readonly Metric[];
  #isAside = false;

  /** @throws {ValueError} if two have one name */
  constructor(fn: string, metrics: readonly Metric[]) {
    const names = ["loss", "lr", ...metrics.map(({ name }) => name)];
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw new ValueError(`${fn}: expected metrics with names of their own, got "${twice}" twice.`);
    }
    this.#metrics = metrics;
  }

  /** Takes a batch into account. */
  update(loss: Tensor, predictions: Tensor, batch: Batch): void {
    withGradMode(false, () => {
      const samples = samplesIn(batch);
      // The mean over samples: a smaller last batch counts for less.
      assign(this.#total, this.#total.add(loss.detach().to("float64").mul(samples)));
      assign(this.#samples, this.#samples.add(samples));
      const detached = predictions.detach();
      for (const metric of this.#metrics) metric.update(detached, batch.target);
    });
  }

  reset(): void {
    withGradMode(false, () => {
      assign(this.#total, zeros([], { dtype: "float64" }));
      assign(this.#samples, zeros([], { dtype: "float64" }));
      for (const metric of this.#metrics) metric.reset();
    });
  }

  /** The figures by name, read when they are looked at. */
  logs(others: Readonly<Record<string, () => number>> = {}): Logs {
    const readers: Record<string, () => number> = {
      loss: () => this.#total.item() / this.#samples.item(),
      ...Object.fromEntries(this.#metrics.map((metric) => [metric.name, () => metric.result().item()])),
      ...others,
    };
    const logs: Logs = {};
    for (const [name, get] of Object.entries(readers)) Object.defineProperty(logs, name, { get, enumerable: true });
    return logs;
  }

  /**
   * Starts anew; what it returns goes on with the figures that were gathered before.
   *
   * @throws {ValueError} if they are set aside already, for an evaluation that runs
   */
  setAside(fn: string): () => void {
    this.expectInPlace(fn);
    const saved = this.stateDict();
    this.reset();
    this.#isAside = true;
    return () => {
      this.#isAside = false;
      this.loadStateDict(saved);
    };
  }

  /** @throws {ValueError} while an evaluation runs, whose figures would run into those of others */
  expectInPlace(fn: string): void {
    if (!this.#isAside) return;
    throw new ValueError(`${fn}: expected one evaluation at a time, got a call during another. Await each.`);
  }

  stateDict(): FiguresState {
    const metrics = this.#metrics.map((metric) => metric.stateDict());
    return snapshot({ loss: { total: this.#total, samples: this.#samples }, metrics });
  }

  loadStateDict(given: FiguresState): void {
    const { loss, metrics } = settleState("Model.fit", given);
    if (metrics.length !== this.#metrics.length) {
      throw new ValueError(
        `Model.fit: expected the state of ${this.#metrics.length} metrics, got one of ${metrics.length}.`,
      );
    }
    this.#metrics.forEach((metric, i) => metric.loadStateDict(metrics[i]!));
    assign(this.#total, loss.total);
    assign(this.#samples, loss.samples);
  }
}
