import { compile, type CompileOptions } from "@tapegrad/compile";
import { applyConstraints, type Module, regularizationLoss } from "@tapegrad/nn";
import type { LossFunction } from "@tapegrad/nn/functional";
import { clipGradNorm, type Optimizer } from "@tapegrad/optim";
import { assign, Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { formatValue, withGradMode } from "@tapegrad/tensor/internal";
import { type Batch, samplesIn } from "./batch.ts";
import type { Figures } from "./figures.ts";
import { expectNoNaN } from "./find-nan.ts";
import { batchLoss } from "./loss.ts";

/** What a step of training is told besides its batch; plain values, of which each combination is a plan. */
export interface StepSettings {
  /** Largest norm of all gradients together; undefined for no limit. */
  readonly clipNorm: number | undefined;
  /** Whether it begins a group of batches whose gradients are added up, and whether it ends one. */
  readonly begins: boolean;
  readonly ends: boolean;
}

/** Everything that a step works on. */
export interface StepParts {
  readonly net: Module;
  readonly optimizer: Optimizer;
  readonly loss: LossFunction;
  readonly figures: Figures;
}

/** What a model does with a batch, as it is and compiled: one function each, whose figures stay in tensors. */
export class Steps {
  static readonly name: string = "Steps";
  readonly #parts: StepParts;
  /** Samples of the group of batches whose gradients are being added up. */
  readonly samples: Tensor = zeros([], { dtype: "float64" });

  readonly #train: BothWays<[batch: Batch, settings: StepSettings], undefined>;
  readonly #finish: BothWays<[clipNorm: number | undefined], undefined>;
  readonly #test: BothWays<[batch: Batch], undefined>;

  constructor(parts: StepParts, options: CompileOptions) {
    this.#parts = parts;
    this.#train = bothWays((batch: Batch, settings: StepSettings) => {
      this.#trainOn(batch, settings);
      return undefined;
    }, options);
    this.#finish = bothWays((clipNorm: number | undefined) => {
      this.#update(clipNorm, true);
      return undefined;
    }, options);
    this.#test = bothWays((batch: Batch) => {
      this.#testOn(batch);
      return undefined;
    }, options);
  }

  /** Forward, loss, backward, and at the end of a group clipping and update; then the figures. */
  train(batch: Batch, settings: StepSettings, compiled: boolean): void {
    this.#train[compiled ? "compiled" : "eager"](batch, settings);
  }

  /** Updates with the gradients of a group that has fewer batches than others. */
  finish(clipNorm: number | undefined, compiled: boolean): void {
    this.#finish[compiled ? "compiled" : "eager"](clipNorm);
  }

  /** Forward, loss and figures, without recording. */
  test(batch: Batch, compiled: boolean): void {
    this.#test[compiled ? "compiled" : "eager"](batch);
  }

  /** The loss of a batch as training computes it, recorded. */
  lossOf(batch: Batch): Tensor {
    return lossOf(this.#parts, predictionsOf(this.#parts.net, batch.inputs), batch);
  }

  #trainOn(batch: Batch, { clipNorm, begins, ends }: StepSettings): void {
    const { net, optimizer, figures } = this.#parts;
    const alone = begins && ends;
    expectNoNaN(batch);
    if (begins) optimizer.zeroGrad();
    const predictions = predictionsOf(net, batch.inputs);
    const value = lossOf(this.#parts, predictions, batch);
    if (alone) value.backward();
    else {
      // The mean of a group is that of one large batch: each loss counts by its samples, and their number divides at the end.
      const samples = samplesIn(batch);
      value.mul(samples).backward();
      assign(this.samples, begins ? zeros([], { dtype: "float64" }).add(samples) : this.samples.add(samples));
    }
    if (ends) this.#update(clipNorm, !alone);
    figures.update(value, predictions, batch);
  }

  #update(clipNorm: number | undefined, isGroup: boolean): void {
    const { net, optimizer } = this.#parts;
    withGradMode(false, () => {
      if (isGroup) {
        for (const parameter of net.parameters()) {
          const { grad } = parameter;
          if (grad !== undefined) parameter.grad = grad.div(this.samples.to(grad.dtype)).detach();
        }
      }
      if (clipNorm !== undefined) clipGradNorm(net.parameters(), clipNorm);
    });
    optimizer.step();
    applyConstraints(net);
  }

  #testOn(batch: Batch): void {
    const { net, figures } = this.#parts;
    expectNoNaN(batch);
    withGradMode(false, () => {
      const predictions = predictionsOf(net, batch.inputs);
      figures.update(lossOf(this.#parts, predictions, batch), predictions, batch);
    });
  }
}

/** What is minimised: the loss of the batch, and what the regularisers of the parameters add. */
function lossOf({ net, loss }: StepParts, predictions: Tensor, { target, weight }: Batch): Tensor {
  return batchLoss("Model", loss, predictions, target, weight).add(regularizationLoss(net));
}

/** A function as it is and compiled. */
export interface BothWays<Arguments extends unknown[], Result> {
  readonly eager: (...args: Arguments) => Result;
  readonly compiled: (...args: Arguments) => Result;
}

/** A function as it is and compiled. */
export function bothWays<Arguments extends unknown[], Result extends Tensor | undefined>(
  fn: (...args: Arguments) => Result,
  options: CompileOptions = {},
): BothWays<Arguments, Result> {
  return { eager: fn, compiled: compile(fn, options) };
}

/** What the net predicts. */
export function predictionsOf(net: Module, inputs: readonly Tensor[]): Tensor {
  const predictions: unknown = net.forward(...inputs);
  if (predictions instanceof Tensor) return predictions;
  throw new ValueError(`Model: expected a net that gives one tensor, got ${formatValue(predictions)}.`);
}
