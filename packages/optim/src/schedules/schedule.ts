import { assign, type Stateful, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  afterRun,
  expectNothing,
  expectNoTrace,
  expectState,
  expectValue,
  type OptionTable,
  ranges,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { copySettings } from "../optimizer/resolve-options.ts";
import { scalar } from "../optimizer/scalar.ts";

/** What a schedule's `stateDict` returns: plain numbers. */
export interface ScheduleState {
  /** How many steps it made. */
  readonly stepCount: number;
  /** The learning rates that it started from, one for each group. */
  readonly baseLrs: readonly number[];
  /** States of the schedules that this one is made of. */
  readonly schedules?: readonly ScheduleState[] | undefined;
}

/** Any optimizer; schedules need its groups only. */
export type AnyOptimizer = Pick<Optimizer, "groups">;

/** Whatever has groups whose rates can be set. */
export const optimizerRange: ValueRange<AnyOptimizer> = {
  text: "to be an Optimizer",
  has: (value): value is AnyOptimizer => Array.isArray((value as AnyOptimizer | undefined)?.groups),
};
const rates = ranges.listOf(ranges.nonNegative);

/**
 * Base of the schedules: the rate is a function of the number of steps taken, so every schedule can be moved to any step.
 *
 * Rates are assigned to the groups' `lr` tensors. A constructor ends with `begin()`, which sets the
 * rates of step 0. A group that is added to the optimizer later joins at the next step, its rate then being its base.
 */
export abstract class Schedule<Options extends object = object> implements Stateful<ScheduleState> {
  static readonly name: string = "Schedule";
  /** The optimizer whose rates this schedule sets. */
  readonly optimizer: AnyOptimizer;
  /** Class name, for messages. */
  protected readonly name: string;
  /** The options, standards included. */
  protected readonly options: Required<Options>;
  #baseLrs: readonly number[];
  /** A tensor, so that a compiled function may not read it after the step, which comes at the end of a call. */
  readonly #stepCount: Tensor = scalar(0);

  constructor(name: string, optimizer: AnyOptimizer, options: Options, table: OptionTable<Options>) {
    expectValue(name, "optimizer", optimizer, optimizerRange);
    this.name = name;
    this.optimizer = optimizer;
    this.options = copySettings(settleOptions(name, options, table));
    this.#baseLrs = optimizer.groups.map((group) => this.#baseLrOf(group));
  }

  #baseLrOf(group: AnyOptimizer["groups"][number]): number {
    return this.startsAnew ? group.lr.item() : (group.initialLr ?? group.lr.item());
  }

  /** Learning rate of a group after `step` steps from a base rate. */
  abstract rate(baseLr: number, step: number, group: number): number;

  /** The schedules that this one is made of. */
  protected get parts(): readonly Schedule[] {
    return [];
  }

  /**
   * Whether its base rates are those that the optimizer has when it leaves step 0, whatever they began with; they are no base
   * for other schedules then.
   */
  get startsAnew(): boolean {
    return false;
  }

  /** Which steps there are: whole numbers, unless parts of them mean something. */
  protected get stepRange(): ValueRange<number> {
    return ranges.whole(0);
  }

  /** Sets what a schedule changes besides the rates. */
  protected applyExtras(_step: number): void {}

  /** Moves the schedules that this one is made of. */
  protected moveParts(_step: number): void {}

  /** Throws if there is no such step, or the groups of the optimizer do not fit the options. */
  checkStep(_step: number): void {}

  /** Called at the end of every constructor: sets the rates of the first step. */
  protected begin(step: number = 0): void {
    this.checkStep(step);
    if (!this.startsAnew) {
      this.optimizer.groups.forEach((group, g) => {
        group.initialLr = this.#baseLrs[g];
      });
    }
    this.moveTo(step);
  }

  /** Number of steps taken. */
  get stepCount(): number {
    return this.#stepCount.item();
  }

  /** Current learning rate of every group. */
  get lrs(): number[] {
    return this.optimizer.groups.map((group) => group.lr.item());
  }

  /** Takes one step and sets the rates; in a compiled function, at the end of every call. */
  step(...none: []): void {
    expectNothing(`${this.name}.step`, none);
    const rates = this.optimizer.groups.flatMap(({ lr, momentum }) => (momentum === undefined ? lr : [lr, momentum]));
    afterRun([...rates, ...this.#counters()], () => this.moveTo(this.stepCount + 1));
  }

  /** The base rates, those of groups that were added since the last step among them. */
  #presentBaseLrs(): number[] {
    const known = this.startsAnew && this.stepCount === 0 ? [] : this.#baseLrs;
    return this.optimizer.groups.map((group, g) => known[g] ?? this.#baseLrOf(group));
  }

  #counters(): Tensor[] {
    return [this.#stepCount, ...this.parts.flatMap((part) => part.#counters())];
  }

  /**
   * Sets the rates of the given step.
   *
   * @throws {ValueError} if there is no such step; nothing has changed then
   */
  moveTo(step: number, ...none: []): void {
    expectNothing(`${this.name}.moveTo`, none);
    expectNoTrace(this.name, "Step between the calls.");
    expectValue(this.name, "step", step, this.stepRange);
    this.checkStep(step);
    const { groups } = this.optimizer;
    const baseLrs = this.#presentBaseLrs();
    const lrs = baseLrs.map((baseLr, g) => this.rate(baseLr, step, g));
    this.moveParts(step);
    this.#baseLrs = baseLrs;
    assign(this.#stepCount, scalar(step));
    groups.forEach((group, g) => {
      group.initialLr ??= baseLrs[g];
      assign(group.lr, scalar(lrs[g]!));
    });
    this.applyExtras(step);
  }

  /** Position and base rates, and those of the parts. */
  stateDict(): ScheduleState {
    const { parts } = this;
    return {
      stepCount: this.stepCount,
      baseLrs: this.#presentBaseLrs(),
      ...(parts.length === 0 ? {} : { schedules: parts.map((part) => part.stateDict()) }),
    };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): ScheduleState {
    return this.stateDict();
  }

  /**
   * Takes over what {@link stateDict} returned and sets the rates of that step.
   *
   * @throws {ValueError} if the numbers do not fit this schedule or one of its parts; nothing has changed then
   */
  loadStateDict(state: ScheduleState, ...none: []): void {
    expectNothing(`${this.name}.loadStateDict`, none);
    expectNoTrace(`${this.name}.loadStateDict`, "Load between the calls.");
    this.#checkState(state);
    this.#restore(state);
  }

  #checkState(state: ScheduleState): void {
    const fn = `${this.name}.loadStateDict`;
    expectState(fn, state);
    const { stepCount, baseLrs, schedules = [] } = state;
    const { parts } = this;
    const { groups } = this.optimizer;
    expectValue(fn, "stepCount", stepCount, this.stepRange);
    expectValue(fn, "baseLrs", baseLrs, rates);
    if (baseLrs.length !== groups.length) {
      throw new ValueError(`${fn}: expected ${groups.length} base rates, got ${baseLrs.length}.`);
    }
    this.checkStep(stepCount);
    expectValue(fn, "schedules", schedules, ranges.listOf(ranges.record));
    if (schedules.length !== parts.length) {
      throw new ValueError(`${fn}: expected ${parts.length} schedules, got ${schedules.length}.`);
    }
    parts.forEach((part, i) => part.#checkState(schedules[i]!));
  }

  #restore({ stepCount, baseLrs, schedules = [] }: ScheduleState): void {
    this.parts.forEach((part, i) => part.#restore(schedules[i]!));
    this.#baseLrs = [...baseLrs];
    assign(this.#stepCount, scalar(stepCount));
    this.begin(stepCount);
  }
}
