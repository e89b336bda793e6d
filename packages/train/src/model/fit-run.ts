import type { Module } from "@tapegrad/nn";
import type { Optimizer } from "@tapegrad/optim";
import { assign, defaultGenerator, type Tensor, ValueError } from "@tapegrad/tensor";
import { settleState } from "@tapegrad/tensor/internal";
import type { Callback, Logs, Training } from "../callbacks/callback.ts";
import { type Batch } from "./batch.ts";
import type { BatchSource } from "./batch-source.ts";
import { BatchStream } from "./batch-stream.ts";
import { CallbackList } from "./callback-list.ts";
import type { Figures } from "./figures.ts";
import { withoutNaN } from "./find-nan.ts";
import type { FitState } from "./fit-state.ts";
import { History } from "./history.ts";
import { Pauses } from "./pause.ts";
import { snapshot } from "./snapshot.ts";
import type { Steps } from "./steps.ts";

/** What a training is made of. */
export interface FitPlan {
  readonly net: Module;
  readonly optimizer: Optimizer;
  readonly figures: Figures;
  readonly steps: Steps;
  /** The batches, with the weights of their classes. */
  readonly source: BatchSource;
  /** What is validated on, if anything. */
  readonly validation: BatchSource | undefined;
  /** Figures of the validation. */
  readonly validate: (source: BatchSource) => Promise<Logs>;
  /** The callbacks of the user, whose states are saved. */
  readonly callbacks: readonly Callback[];
  /** Callbacks that only show something. */
  readonly shown: readonly Callback[];
  readonly initialEpoch: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number | undefined;
  readonly dryRun: boolean;
  readonly gradientAccumulation: number;
  readonly clipNorm: number | undefined;
  readonly compile: boolean;
  readonly signal: AbortSignal | undefined;
  readonly resume: object | undefined;
}

/** Hooks in which a training stands between two states. */
const between: readonly string[] = ["onBatchBegin", "onValidationBegin", "onValidationEnd"];

/** One call of `fit`, from its first batch, or that of a state, to its last. */
export class FitRun implements Training {
  static readonly name: string = "FitRun";
  readonly net: Module;
  readonly optimizer: Optimizer;
  readonly history: History = new History();
  readonly epochs: number;
  readonly dryRun: boolean;
  readonly #plan: FitPlan;
  readonly #stream: BatchStream;
  readonly #callbacks: CallbackList;
  readonly #pauses = new Pauses();
  #epoch: number;
  #batch = 0;
  #begun = false;
  /** Batches in the group whose gradients are being added up. */
  #inGroup = 0;
  #stopped = false;
  #last: Batch | undefined;

  constructor(plan: FitPlan) {
    this.#plan = plan;
    this.net = plan.net;
    this.optimizer = plan.optimizer;
    this.epochs = plan.epochs;
    this.dryRun = plan.dryRun;
    this.#epoch = plan.initialEpoch;
    this.#stream = new BatchStream(plan.source, plan.stepsPerEpoch);
    this.#callbacks = new CallbackList([...plan.callbacks, ...plan.shown]);
  }

  get steps(): number | undefined {
    return this.#stream.steps;
  }

  stop(): void {
    this.#stopped = true;
  }

  rerun(): Tensor {
    if (this.#last === undefined) throw new ValueError("Training.rerun: expected a batch before, got none.");
    return this.#plan.steps.lossOf(this.#last);
  }

  get #isOver(): boolean {
    return this.#stopped || this.#plan.signal?.aborted === true;
  }

  async run(): Promise<History> {
    try {
      await this.#callbacks.begin(this);
      if (this.#plan.resume !== undefined) await this.#resume(this.#plan.resume);
      while (this.#epoch < this.epochs && !this.#isOver) await this.#runEpoch();
    } catch (error) {
      // What went wrong first is what is told.
      await this.#end().catch(() => undefined);
      throw error;
    }
    await this.#end();
    return this.history;
  }

  async #end(): Promise<void> {
    try {
      await this.#callbacks.end(this);
    } finally {
      await this.#stream.close();
    }
  }

  async #runEpoch(): Promise<void> {
    const { figures } = this.#plan;
    if (!this.#begun) {
      this.#begun = true;
      figures.reset();
      await this.#callbacks.tell({ hook: "onEpochBegin", index: this.#epoch }, this);
    }
    if (!(await this.#runBatches())) return;
    this.#finishGroup();
    const logs: Record<string, number> = { ...this.#logs() };
    for (const [name, figure] of Object.entries(await this.#validated())) {
      logs[`val${name.charAt(0).toUpperCase()}${name.slice(1)}`] = figure;
    }
    const epoch = this.#epoch++;
    [this.#batch, this.#begun] = [0, false];
    record(this.history, epoch, logs);
    await this.#callbacks.tell({ hook: "onEpochEnd", index: epoch, logs }, this);
  }

  /** Whether the epoch came to its end. */
  async #runBatches(): Promise<boolean> {
    const logs = this.#logs();
    for (;;) {
      if (this.#isOver) return false;
      const given = this.#stream.next(this.#batch);
      const batch = given instanceof Promise ? await given : given;
      if (batch === undefined) return true;
      const begun = this.#callbacks.tell({ hook: "onBatchBegin", index: this.#batch }, this);
      if (begun !== undefined) await begun;
      this.#train(batch);
      const index = this.#batch++;
      const ended = this.#callbacks.tell({ hook: "onBatchEnd", index, logs }, this);
      if (ended !== undefined) await ended;
      const pause = this.#pauses.next();
      if (pause !== undefined) await pause;
    }
  }

  #train(batch: Batch): void {
    this.#last = batch;
    const { steps, clipNorm, compile, gradientAccumulation } = this.#plan;
    const begins = this.#inGroup === 0;
    const ends = this.#inGroup + 1 === gradientAccumulation;
    const place = `batch ${this.#batch} of epoch ${this.#epoch}`;
    withoutNaN("Model.fit", batch, place, () => steps.train(batch, { clipNorm, begins, ends }, compile));
    this.#inGroup = ends ? 0 : this.#inGroup + 1;
  }

  #finishGroup(): void {
    const { steps, clipNorm, compile } = this.#plan;
    if (this.#inGroup > 0) steps.finish(clipNorm, compile);
    this.#inGroup = 0;
  }

  async #validated(): Promise<Logs> {
    const { validation, validate } = this.#plan;
    if (validation === undefined) return {};
    await this.#callbacks.tell({ hook: "onValidationBegin", index: this.#epoch }, this);
    const logs = await validate(validation);
    await this.#callbacks.tell({ hook: "onValidationEnd", index: this.#epoch }, this);
    return logs;
  }

  #logs(): Logs {
    return this.#plan.figures.logs({ lr: () => this.optimizer.lr });
  }

  stateDict(): FitState {
    const { net, optimizer, figures, source, validation, callbacks, steps } = this.#plan;
    const { pending } = this.#callbacks;
    if (pending !== undefined && between.includes(pending.hook)) {
      throw new ValueError(
        `Training.stateDict: expected to be called between batches, got a call in ${pending.hook}. Take it in onBatchEnd.`,
      );
    }
    const gradients = this.#inGroup === 0 ? [] : net.namedParameters().filter(([, { grad }]) => grad !== undefined);
    return snapshot({
      epoch: this.#epoch,
      batch: this.#batch,
      begun: this.#begun,
      net: net.stateDict(),
      optimizer: optimizer.stateDict(),
      figures: figures.stateDict(),
      loader: source.stateDict(),
      validation: validation?.stateDict() ?? null,
      callbacks: callbacks.map((callback) => callback.stateDict?.() ?? null),
      pending:
        pending === undefined
          ? null
          : { ...pending, ...(pending.logs === undefined ? {} : { logs: { ...pending.logs } }) },
      history: { epoch: this.history.epoch, history: this.history.history },
      generator: defaultGenerator().stateDict(),
      group: {
        batches: this.#inGroup,
        samples: steps.samples,
        gradients: Object.fromEntries(gradients.map(([name, { grad }]) => [name, grad as Tensor])),
      },
    });
  }

  /** Goes on where `given` was taken. */
  async #resume(given: object): Promise<void> {
    const state = settleState<FitState>("Model.fit", given as FitState);
    const { net, optimizer, figures, source, validation, callbacks, steps } = this.#plan;
    if (!Array.isArray(state.callbacks) || state.callbacks.length !== callbacks.length) {
      throw new ValueError(
        `Model.fit: expected the state of a training with ${callbacks.length} callbacks, got ${state.callbacks?.length}.`,
      );
    }
    net.loadStateDict(state.net);
    optimizer.loadStateDict(state.optimizer);
    figures.loadStateDict(state.figures);
    if (state.loader !== null) source.loadStateDict(state.loader);
    if (state.validation !== null) validation?.loadStateDict(state.validation);
    callbacks.forEach((callback, i) => {
      const saved = state.callbacks[i];
      if (saved !== null) callback.loadStateDict?.(saved!);
    });
    [this.#epoch, this.#batch, this.#begun] = [state.epoch, state.batch, state.begun];
    this.history.epoch.push(...state.history.epoch);
    for (const [name, values] of Object.entries(state.history.history)) this.history.history[name] = [...values];
    defaultGenerator().loadStateDict(state.generator);
    this.#inGroup = state.group.batches;
    assign(steps.samples, state.group.samples);
    const parameters = new Map(net.namedParameters());
    for (const [name, gradient] of Object.entries(state.group.gradients)) parameters.get(name)!.grad = gradient;
    const { pending } = state;
    if (pending !== null) await this.#callbacks.tell(pending, this, pending.next);
  }
}

function record({ epoch, history }: History, number: number, logs: Logs): void {
  epoch.push(number);
  for (const [name, figure] of Object.entries(logs)) (history[name] ??= []).push(figure);
}
