import { pathRange } from "@tapegrad/files";
import { readCheckpoint, restore, writeCheckpoint } from "@tapegrad/io/internal";
import { type AnyModule, Module, Sequential } from "@tapegrad/nn";
import type { Optimizer } from "@tapegrad/optim";
import { type Tensor, Tensor as TensorClass, ValueError } from "@tapegrad/tensor";
import { expectNothing, expectValue, isPlainObject, quoted, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { Logs } from "../training/callback.ts";
import type { Metric } from "../metrics/metric.ts";
import { inputList, type Inputs, isInputs } from "./batch.ts";
import {
  type BatchOptions,
  batchTable,
  type EvaluateOptions,
  evaluateTable,
  type ModelSummaryOptions,
  modelSummaryTable,
  type PredictOptions,
  predictTable,
} from "./call-options.ts";
import { withClassWeight } from "./class-weights.ts";
import { evaluated } from "./evaluation.ts";
import { withoutNaN } from "./find-nan.ts";
import type { FitOptions } from "./fit-options.ts";
import { fitPlan } from "./fit-plan.ts";
import { FitRun } from "./fit-run.ts";
import { History } from "../training/history.ts";
import { forwardOf, predicted } from "./prediction.ts";
import { type Compiled, type CompileSettings, compiledWith } from "./settings.ts";
import { type BatchLoader, orderedSource, samplesOf } from "./source-of.ts";
import type { ModuleSummary } from "../summary/module-summary.ts";
import { summary } from "../summary/summary.ts";
import { toEvaluation, toTraining } from "../training/with-mode.ts";

/**
 * A net that trains, evaluates and predicts by itself, in the manner of Keras.
 *
 * `compile` says what is minimised, by which optimizer, and what is measured; `fit` trains. A step of training (forward,
 * loss, backward, clipping, update, metrics) runs as one compiled function unless `compile: false` says otherwise; both
 * ways have one meaning. Modes, rates, frozen layers and the like may be changed between and during epochs.
 *
 * @param net what gives predictions; an empty `Sequential` unless given, to which {@link Model.add} adds layers
 * @throws {ValueError} if `net` is no module
 * @see Chollet et al., Keras (2015), https://keras.io
 * @example
 * manualSeed(0);
 * const x = randn([64, 2]);
 * const y = x.sum({ axis: 1, keepDims: true });
 * const model = new train.Model().add(new nn.Dense(2, 8)).add(new nn.Tanh()).add(new nn.Dense(8, 1));
 * model.compile({ optimizer: (params) => new optim.Adam(params, { lr: 0.05 }), loss: "mse" });
 * const history = await model.fit(x, y, { epochs: 20, batchSize: 16, seed: 0, verbose: 0 });
 * history.loss.at(-1) < history.loss[0] / 10; // => true
 * const predictions = await model.predict(x);
 * predictions.shape; // => [64, 1]
 */
export class Model {
  static readonly name: string = "Model";
  /** What gives predictions. */
  readonly net: Module;
  readonly #forward: ReturnType<typeof forwardOf>;
  #compiled: Compiled | undefined;
  #history: History = new History();
  #isTraining = false;

  constructor(net: Module = new Sequential(), ...none: []) {
    expectNothing("Model", none);
    expectValue("Model", "net", net, moduleRange);
    this.net = net;
    this.#forward = forwardOf(net);
  }

  /** What trains the parameters; undefined before `compile`. */
  get optimizer(): Optimizer | undefined {
    return this.#compiled?.optimizer;
  }

  /** What is measured besides the loss. */
  get metrics(): readonly Metric[] {
    return this.#compiled?.metrics ?? [];
  }

  /** What the last `fit` gave. */
  get history(): History {
    return this.#history;
  }

  /**
   * Adds a layer at the end of a net that is a `Sequential`.
   *
   * @throws {ValueError} if it is none, or an optimizer has taken its parameters already
   */
  add(layer: Module, ...none: []): this {
    expectNothing("Model.add", none);
    expectValue("Model.add", "layer", layer, moduleRange);
    if (!(this.net instanceof Sequential)) {
      throw new ValueError(`Model.add: expected a net that is a Sequential, got a ${this.net.constructor.name}.`);
    }
    if (this.#compiled !== undefined) {
      throw new ValueError("Model.add: expected a call before compile, whose optimizer has the parameters of the net.");
    }
    this.net.append(layer);
    return this;
  }

  /**
   * Says how to train: optimizer, loss and metrics, by name or as they are. Names are those of Keras or of this library,
   * in whatever case. Calling it again starts with a new optimizer.
   *
   * With weights, the loss of a batch is `Σₙ wₙ·ℓₙ / N`, N being the number of its samples. In `metrics` samples count alike, in
   * `weightedMetrics` as much as in the loss, as in Keras.
   *
   * @throws {ValueError} for an unknown name or option, or an optimizer of other parameters; nothing has changed then
   */
  compile(settings: CompileSettings, ...none: []): this {
    expectNothing("Model.compile", none);
    this.#compiled = compiledWith("Model.compile", this.net, settings);
    return this;
  }

  /**
   * Trains on batches of `x` and `y`.
   *
   * Each figure of the history is a mean over the samples of its epoch; those of the validation, named `valLoss` and so
   * on, are measured after it in evaluation mode. An epoch that `Training.stop` or `signal` ends early leaves no figures.
   * Every 20 ms or so the event loop has a turn.
   *
   * @param x one tensor, or one for each input of the net, whose first axes are the samples
   * @param y what the predictions are compared with
   * @throws {ValueError} before `compile`, for options that are unknown or do not fit, and for NaN in the data, naming batch and column
   * @throws {ShapeError | DTypeError} for a target that does not fit the loss, naming targets and losses that fit
   * @returns what the epochs gave
   */
  fit(x: Inputs, y: Tensor, options?: FitOptions): Promise<History>;
  /** Trains on what a loader gives: batches `[x, y]` or `[x, y, sampleWeight]`. */
  fit(loader: BatchLoader, options?: FitOptions): Promise<History>;
  async fit(x: Inputs | BatchLoader, y?: Tensor | FitOptions, options?: FitOptions): Promise<History> {
    const call = callOf("Model.fit", y, options);
    const compiled = this.#ready("Model.fit");
    if (this.#isTraining)
      throw new ValueError("Model.fit: expected one training at a time, got a call during another.");
    const run = new FitRun(fitPlan(this.net, compiled, x, call.y, call.options));
    this.#isTraining = true;
    this.#history = run.history;
    const restore = toTraining(this.net);
    try {
      return await run.run();
    } finally {
      this.#isTraining = false;
      restore();
    }
  }

  /**
   * Loss and metrics over all batches, in evaluation mode; a smaller last batch counts for less.
   *
   * @throws {ValueError} before `compile`, during another evaluation, and for NaN in the data
   */
  evaluate(x: Inputs, y: Tensor, options?: EvaluateOptions): Promise<Logs>;
  /** Loss and metrics over all batches of a loader. */
  evaluate(loader: BatchLoader, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(x: Inputs | BatchLoader, y?: Tensor | EvaluateOptions, options?: EvaluateOptions): Promise<Logs> {
    const fn = "Model.evaluate";
    const call = callOf(fn, y, options);
    const { batchSize, sampleWeight, compile } = settleOptions<EvaluateOptions>(fn, call.options, evaluateTable);
    const { figures, steps } = this.#ready(fn);
    const source = orderedSource(fn, x, call.y, sampleWeight, batchSize);
    return await evaluated(fn, source, { net: this.net, figures, steps, compile, limit: undefined });
  }

  /**
   * Predictions for all samples, batch by batch, in evaluation mode and outside the recorded graph.
   *
   * @throws {ValueError} if there are none
   */
  async predict(x: Inputs | BatchLoader, options: PredictOptions = {}): Promise<Tensor> {
    const fn = "Model.predict";
    const { batchSize, compile } = settleOptions(fn, options, predictTable);
    const first = isInputs(x) ? inputList(x)[0] : undefined;
    const source = orderedSource(fn, x, first, undefined, batchSize);
    return await predicted(this.net, source.read(), this.#forward[compile ? "compiled" : "eager"]);
  }

  /**
   * One step of training on one batch.
   *
   * @returns loss and metrics of this batch alone
   * @throws {ValueError} before `compile`, and for NaN in the data
   */
  trainOnBatch(x: Inputs, y: Tensor, options: BatchOptions = {}): Logs {
    return this.#onBatch("Model.trainOnBatch", toTraining, x, y, options);
  }

  /** Loss and metrics of one batch, in evaluation mode. */
  testOnBatch(x: Inputs, y: Tensor, options: BatchOptions = {}): Logs {
    return this.#onBatch("Model.testOnBatch", toEvaluation, x, y, options);
  }

  /**
   * What is in the net: see {@link summary}, which this calls.
   *
   * @throws {ValueError} for what is no shape or no dtype
   * @example
   * new train.Model(new nn.Dense(784, 10)).summary({ inputShape: [784] }).parameters.total; // => 7850
   */
  summary(options: ModelSummaryOptions = {}): ModuleSummary {
    const { inputShape, ...others } = settleOptions("Model.summary", options, modelSummaryTable);
    return summary(this.net, inputShape, others);
  }

  /**
   * Saves weights and buffers of the net, and after `compile` the state of the optimizer, as `io.saveCheckpoint` does. The
   * file has no code: `load` goes into a net that the same program has made.
   *
   * @param path of the file, `.safetensors`; its folder is made
   * @throws {ValueError} where there are no files, and when writing fails; the file is as before then
   * @example
   * await model.save("model.safetensors");
   * await new train.Model(sameNet).load("model.safetensors");
   */
  async save(path: string, ...none: []): Promise<void> {
    const fn = "Model.save";
    expectNothing(fn, none);
    expectValue(fn, "path", path, pathRange);
    writeCheckpoint(fn, path, { net: this.net, optimizer: this.optimizer });
  }

  /**
   * Loads what `save` or a `Checkpoint` has written: weights and buffers of the net, and the state of the optimizer where both
   * the file and the model have one. All of it, or nothing. A file of `saveWeightsOnly` is no checkpoint: `io.loadSafetensors` and
   * `net.loadStateDict` take it.
   *
   * @throws {ValueError} if there is no such file, or its states do not fit; nothing has changed then
   * @throws {FormatError} if it is no checkpoint
   */
  async load(path: string, ...none: []): Promise<this> {
    const fn = "Model.load";
    expectNothing(fn, none);
    expectValue(fn, "path", path, pathRange);
    const content = await readCheckpoint(fn, path);
    if (!Object.hasOwn(content.states, "net")) {
      const got = Object.keys(content.states).join(", ");
      throw new ValueError(`${fn}: expected ${path} to have a state of net, got ${got || "none"}.`);
    }
    const { net, optimizer } = this;
    restore(fn, path, content, optimizer === undefined ? { net } : { net, optimizer });
    return this;
  }

  #onBatch(fn: string, mode: typeof toTraining, x: Inputs, y: Tensor, options: BatchOptions): Logs {
    const { sampleWeight, classWeight, compile } = settleOptions(fn, options, batchTable);
    const { figures, steps, clipNorm } = this.#ready(fn);
    const batch = withClassWeight(samplesOf(fn, x, y, sampleWeight), classWeight);
    const goOn = figures.setAside(fn);
    const restore = mode(this.net);
    try {
      withoutNaN(fn, batch, "the batch", () =>
        mode === toTraining
          ? steps.train(batch, { clipNorm, begins: true, ends: true }, compile)
          : steps.test(batch, compile),
      );
      return { ...figures.logs() };
    } finally {
      restore();
      goOn();
    }
  }

  #ready(fn: string): Compiled {
    if (this.#compiled !== undefined) return this.#compiled;
    throw new ValueError(
      `${fn}: expected a model with optimizer and loss, got one without. Call compile({ optimizer, loss }) first.`,
    );
  }
}

/** What stands behind the data of a call: `y` and options, or options alone behind a loader. */
function callOf<Options extends object>(
  fn: string,
  y: Tensor | Options | undefined,
  options: Options | undefined,
): { readonly y: Tensor | undefined; readonly options: Options } {
  if (y instanceof TensorClass) return { y, options: options === undefined ? ({} as Options) : options };
  if (options === undefined && (y === undefined || isPlainObject(y)))
    return { y: undefined, options: y ?? ({} as Options) };
  throw new ValueError(`${fn}: expected y to be a tensor, got ${quoted(y)}.`);
}

const moduleRange = ranges.instanceOf<AnyModule>(Module);
