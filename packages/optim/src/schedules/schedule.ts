import { assign, ValueError } from "@tapegrad/tensor";
import { afterRun, Cell, checkOptions } from "@tapegrad/tensor/internal";
import { expectNumber, nonNegative, wholeNumber } from "../expect-number.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { type ParamGroup, scalar } from "../optimizer/param-group.ts";
import { expectNoTrace } from "./expect-no-trace.ts";
import { expectOptimizer } from "./expect-optimizer.ts";

/** What a schedule's `stateDict` returns: plain numbers. */
export interface ScheduleState {
  readonly stepCount: number;
  readonly baseLrs: readonly number[];
}

/** Any optimizer; schedules need its groups only. */
export type AnyOptimizer = Pick<Optimizer, "groups">;

/**
 * Base of the schedules: the rate is a function of the number of steps taken, so every schedule can be moved to any step.
 *
 * Rates are assigned to the groups' `lr` tensors. Construction sets the rate of step 0.
 */
export abstract class Schedule {
  /** The optimizer whose rates this schedule sets. */
  readonly optimizer: AnyOptimizer;
  /** Class name, for messages. */
  protected readonly name: string;
  #baseLrs: readonly number[];
  readonly #stepCount = new Cell(0);

  protected constructor(name: string, optimizer: AnyOptimizer, options: object, optionNames: readonly string[]) {
    expectOptimizer(name, optimizer);
    if (options === null || typeof options !== "object") {
      throw new ValueError(`${name}: expected options as an object, got ${String(options)}.`);
    }
    checkOptions(name, options, optionNames);
    this.name = name;
    this.optimizer = optimizer;
    this.#baseLrs = optimizer.groups.map((group) => group.initialLr ?? group.lr.item());
  }

  /** Learning rate of a group after `step` steps from a base rate. */
  abstract rate(baseLr: number, step: number, group: number): number;

  /** Sets what a schedule changes besides the rates. */
  protected applyExtras(_step: number): void {}

  /** Throws if there is no such step. */
  checkStep(_step: number): void {}

  /** Called at the end of every constructor: sets the rates of step 0. */
  protected begin(): void {
    this.optimizer.groups.forEach((group, g) => {
      group.initialLr = this.#baseLrs[g];
    });
    this.moveTo(0);
  }

  /** Number of steps taken. */
  get stepCount(): number {
    return this.#stepCount.get();
  }

  /** Current learning rate of every group. */
  get lrs(): number[] {
    return this.optimizer.groups.map((group) => group.lr.item());
  }

  /** Takes one step and sets the rates; in a compiled function, at the end of every call. */
  step(): void {
    const held = this.optimizer.groups.flatMap(({ lr, momentum }) => [
      lr,
      ...(momentum === undefined ? [] : [momentum]),
    ]);
    afterRun(held, () => this.moveTo(this.#stepCount.get() + 1));
  }

  /** Sets the rates of the given step. */
  moveTo(step: number): void {
    expectNoTrace(this.name);
    expectNumber(this.name, "step", step, wholeNumber);
    this.checkStep(step);
    this.#stepCount.set(step);
    this.optimizer.groups.forEach((group, g) => {
      assign(group.lr, scalar(this.rate(this.#baseLrs[g]!, step, g)));
    });
    this.applyExtras(step);
  }

  /** Position and base rates. */
  stateDict(): ScheduleState {
    return { stepCount: this.#stepCount.get(), baseLrs: [...this.#baseLrs] };
  }

  /**
   * Takes over what {@link stateDict} returned and sets the rates of that step.
   *
   * @throws {ValueError} if the numbers do not fit this schedule; nothing has changed then
   */
  loadStateDict(state: ScheduleState): void {
    const fn = `${this.name}.loadStateDict`;
    const { stepCount, baseLrs } = state;
    expectNumber(fn, "stepCount", stepCount, wholeNumber);
    const groups: readonly ParamGroup[] = this.optimizer.groups;
    if (!Array.isArray(baseLrs) || baseLrs.length !== groups.length) {
      throw new ValueError(`${fn}: expected ${groups.length} base rates, got ${baseLrs?.length}.`);
    }
    for (const lr of baseLrs) expectNumber(fn, "baseLrs", lr, nonNegative);
    this.checkStep(stepCount);
    this.#baseLrs = [...baseLrs];
    groups.forEach((group, g) => {
      group.initialLr = baseLrs[g];
    });
    this.moveTo(stepCount);
  }
}
