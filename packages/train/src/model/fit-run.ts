import type { Module } from "@tapegrad/nn";
import type { Optimizer } from "@tapegrad/optim";
import { type Tensor, ValueError } from "@tapegrad/tensor";
import type { Callback, Logs, Training } from "../training/callback.ts";
import { type Batch } from "./batch.ts";
import type { BatchSource } from "./batch-source.ts";
import { BatchStream } from "./batch-stream.ts";
import { CallbackList } from "./callback-list.ts";
import { withoutNaN } from "./find-nan.ts";
import { type FitState, loadRun, type Position, type RunParts, savedRun, type TrainingParts } from "./fit-state.ts";
import { History } from "../training/history.ts";
import { Pauses } from "./pause.ts";
import { prefixed } from "./prefixed.ts";

/** What a training is made of. */
export interface FitPlan extends TrainingParts {
  /** Figures of the validation. */
  readonly validate: (source: BatchSource) => Promise<Logs>;
  /** Callbacks that only show something. */
  readonly shown: readonly Callback[];
  readonly initialEpoch: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number | undefined;
  readonly dryRun: boolean;
  readonly gradientAccumulation: number;
  readonly clipNorm: number | undefined;
  readonly compile: boolean;
  readonly signal: { readonly aborted: boolean } | undefined;
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
  readonly #position: Position;
  #stopped = false;
  #last: Batch | undefined;

  constructor(plan: FitPlan) {
    this.#plan = plan;
    this.net = plan.net;
    this.optimizer = plan.optimizer;
    this.epochs = plan.epochs;
    this.dryRun = plan.dryRun;
    this.#position = { epoch: plan.initialEpoch, batch: 0, begun: false, inGroup: 0, updates: 0 };
    this.#stream = new BatchStream(plan.source, plan.stepsPerEpoch);
    this.#callbacks = new CallbackList([...plan.callbacks, ...plan.shown]);
  }

  get epoch(): number {
    return this.#position.epoch;
  }

  get updates(): number {
    return this.#position.updates;
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
      while (this.#position.epoch < this.epochs && !this.#isOver) await this.#runEpoch();
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
      // Whoever keeps the run keeps no batch: an engine would find it old, and clean up thoroughly for it.
      this.#last = undefined;
      await this.#stream.close();
    }
  }

  async #runEpoch(): Promise<void> {
    const { figures } = this.#plan;
    if (!this.#position.begun) {
      this.#position.begun = true;
      figures.reset();
      await this.#callbacks.tell({ hook: "onEpochBegin", index: this.#position.epoch }, this);
    }
    if (!(await this.#runBatches())) return;
    this.#finishGroup();
    const logs: Record<string, number> = { ...this.#logs() };
    for (const [name, figure] of Object.entries(await this.#validated())) {
      logs[prefixed("val", name)] = figure;
    }
    const epoch = this.#position.epoch++;
    Object.assign(this.#position, { batch: 0, begun: false });
    record(this.history, epoch, logs);
    await this.#callbacks.tell({ hook: "onEpochEnd", index: epoch, logs }, this);
  }

  /** Whether the epoch came to its end. */
  async #runBatches(): Promise<boolean> {
    const logs = this.#logs();
    for (;;) {
      if (this.#isOver) return false;
      const given = this.#stream.next(this.#position.batch);
      const batch = given instanceof Promise ? await given : given;
      if (batch === undefined) return true;
      const begun = this.#callbacks.tell({ hook: "onBatchBegin", index: this.#position.batch }, this);
      if (begun !== undefined) await begun;
      this.#train(batch);
      const index = this.#position.batch++;
      const ended = this.#callbacks.tell({ hook: "onBatchEnd", index, logs }, this);
      if (ended !== undefined) await ended;
      const pause = this.#pauses.next();
      if (pause !== undefined) await pause;
    }
  }

  #train(batch: Batch): void {
    this.#last = batch;
    const { steps, figures, clipNorm, compile, gradientAccumulation } = this.#plan;
    figures.expectInPlace("Model.fit");
    const begins = this.#position.inGroup === 0;
    // A state may be of larger groups.
    const ends = this.#position.inGroup + 1 >= gradientAccumulation;
    const place = `batch ${this.#position.batch} of epoch ${this.#position.epoch}`;
    withoutNaN("Model.fit", batch, place, () => steps.train(batch, { clipNorm, begins, ends }, compile));
    if (ends) this.#groupDone();
    else this.#position.inGroup++;
  }

  #finishGroup(): void {
    const { steps, clipNorm, compile } = this.#plan;
    if (this.#position.inGroup === 0) return;
    steps.finish(clipNorm, compile);
    this.#groupDone();
  }

  #groupDone(): void {
    this.#position.inGroup = 0;
    this.#position.updates++;
  }

  async #validated(): Promise<Logs> {
    const { validation, validate } = this.#plan;
    if (validation === undefined) return {};
    await this.#callbacks.tell({ hook: "onValidationBegin", index: this.#position.epoch }, this);
    const logs = await validate(validation);
    await this.#callbacks.tell({ hook: "onValidationEnd", index: this.#position.epoch }, this);
    return logs;
  }

  #logs(): Logs {
    return this.#plan.figures.logs({ lr: () => this.optimizer.lr });
  }

  stateDict(): FitState {
    const { pending } = this.#callbacks;
    if (pending !== undefined && between.includes(pending.hook)) {
      throw new ValueError(
        `Training.stateDict: expected to be called between batches, got a call in ${pending.hook}. Take it in onBatchEnd.`,
      );
    }
    return savedRun(this.#parts, pending);
  }

  get #parts(): RunParts {
    return { ...this.#plan, history: this.history, position: this.#position };
  }

  /** Goes on where `given` was taken. */
  async #resume(given: object): Promise<void> {
    const pending = loadRun(this.#parts, given);
    if (pending !== undefined) await this.#callbacks.tell(pending, this, pending.next);
  }
}

function record({ epoch, history }: History, number: number, logs: Logs): void {
  epoch.push(number);
  for (const [name, figure] of Object.entries(logs)) (history[name] ??= []).push(figure);
}
