import { snapshot } from "@tapegrad/io/internal";
import { assign, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { settleState, withGradMode } from "@tapegrad/tensor/internal";
import type { Logs } from "../training/callback.ts";
import type { Metric } from "../metrics/metric.ts";
import { type Batch, samplesIn } from "./batch.ts";
import { prefixed } from "./prefixed.ts";

/** What is measured besides the loss. */
export interface Measures {
  /** Metrics of samples that count alike. */
  readonly metrics: readonly Metric[];
  /** Metrics of samples that count as much as they do in the loss. */
  readonly weightedMetrics: readonly Metric[];
}

/** A metric with the name of its figure. */
interface Measured {
  readonly name: string;
  readonly metric: Metric;
  readonly isWeighted: boolean;
}

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
  readonly #measured: readonly Measured[];
  #isAside = false;

  /** @throws {ValueError} if two have one name */
  constructor(fn: string, measures: Measures) {
    this.#measured = measuredBy(measures);
    const names = ["loss", "lr", ...this.#measured.map(({ name }) => name)];
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw new ValueError(`${fn}: expected metrics with names of their own, got "${twice}" twice.`);
    }
  }

  /** Takes a batch into account. */
  update(loss: Tensor, predictions: Tensor, batch: Batch): void {
    withGradMode(false, () => {
      const samples = samplesIn(batch);
      // The mean over samples: a smaller last batch counts for less.
      assign(this.#total, this.#total.add(loss.detach().to("float64").mul(samples)));
      assign(this.#samples, this.#samples.add(samples));
      const detached = predictions.detach();
      for (const { metric, isWeighted } of this.#measured) {
        metric.update(detached, batch.target, isWeighted ? { sampleWeight: batch.weight } : {});
      }
    });
  }

  reset(): void {
    withGradMode(false, () => {
      assign(this.#total, zeros([], { dtype: "float64" }));
      assign(this.#samples, zeros([], { dtype: "float64" }));
      for (const { metric } of this.#measured) metric.reset();
    });
  }

  /** The figures by name, read when they are looked at. */
  logs(others: Readonly<Record<string, () => number>> = {}): Logs {
    const readers: Record<string, () => number> = {
      loss: () => this.#total.item() / this.#samples.item(),
      ...Object.fromEntries(this.#measured.map(({ name, metric }) => [name, () => metric.result().item()])),
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
    const metrics = this.#measured.map(({ metric }) => metric.stateDict());
    return snapshot({ loss: { total: this.#total, samples: this.#samples }, metrics });
  }

  loadStateDict(given: FiguresState): void {
    const { loss, metrics } = settleState("Model.fit", given);
    if (metrics.length !== this.#measured.length) {
      throw new ValueError(
        `Model.fit: expected the state of ${this.#measured.length} metrics, got one of ${metrics.length}.`,
      );
    }
    this.#measured.forEach(({ metric }, i) => metric.loadStateDict(metrics[i]!));
    assign(this.#total, loss.total);
    assign(this.#samples, loss.samples);
  }
}

/** The metrics in their order, the weighted ones last; those have a name of their own where there is one of that name already. */
function measuredBy({ metrics, weightedMetrics }: Measures): Measured[] {
  const taken = new Set(metrics.map(({ name }) => name));
  return [
    ...metrics.map((metric) => ({ name: metric.name, metric, isWeighted: false })),
    ...weightedMetrics.map((metric) => {
      const { name } = metric;
      return { name: taken.has(name) ? prefixed("weighted", name) : name, metric, isWeighted: true };
    }),
  ];
}
