import { assign, type Stateful, type Tensor } from "@tapegrad/tensor";
import { convertStorage, expectValue, ranges, withGradMode } from "@tapegrad/tensor/internal";
import { type OptimizerState, restoreOptimizer, saveOptimizer } from "./optimizer-state.ts";
import { createGroups, type ParamGroup, type ParamsOrGroups, scalar } from "./param-group.ts";
import { separateCounter, StepCounters } from "./step-counters.ts";
import type { LearningRateOption, SettingsOf, Slot, UpdateRule } from "./update-rule.ts";

/**
 * Base of all optimizers: parameter groups, the step, and state that can be saved.
 *
 * Learning rate, step count and moments are tensors changed by `assign`, so a compiled training step
 * contains the update. A parameter without a gradient is skipped, and its step is not counted.
 */
export abstract class Optimizer<
  Options extends LearningRateOption = LearningRateOption,
> implements Stateful<OptimizerState> {
  /** Parameter groups in the order given. */
  readonly groups: readonly ParamGroup<SettingsOf<Options>>[];
  readonly #rule: UpdateRule<Options>;
  readonly #slots: readonly (readonly Slot[])[];

  constructor(rule: UpdateRule<Options>, params: ParamsOrGroups<Options>, options: Options) {
    this.groups = createGroups(rule, params, options);
    this.#rule = rule;
    this.#slots = this.groups.map((group) => {
      const counters = new StepCounters();
      return group.params.map((param) => counters.slot(param, rule.initialState(param, group.settings)));
    });
  }

  /** Learning rate of the first group; setting it changes every group. */
  get lr(): number {
    return (this.groups[0] as ParamGroup).lr.item();
  }

  set lr(value: number) {
    expectValue(this.#rule.name, "lr", value, ranges.nonNegative);
    for (const group of this.groups) assign(group.lr, scalar(value));
  }

  /** Updates every parameter that has a gradient. */
  step(): void {
    withGradMode(false, () => {
      this.groups.forEach((group, i) => {
        for (const [step, slots] of countStep(this.#slots[i]!, this.#rule.scalars)) {
          for (const [dtype, batch] of groupBy(slots, (slot) => slot.param.dtype)) {
            this.#rule.update({ slots: batch, step, dtype, group });
          }
        }
      });
    });
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const group of this.groups) for (const param of group.params) param.grad = undefined;
  }

  /** A copy of settings, step counts and running tensors, indexed by the position of each parameter. */
  stateDict(): OptimizerState {
    return saveOptimizer(this.#rule, this.groups, this.#slots);
  }

  /**
   * Takes over what {@link stateDict} returned.
   *
   * @throws {ValueError} if groups, parameters or state names differ; nothing has changed then
   * @throws {ShapeError} if a running tensor has another shape
   */
  loadStateDict(saved: OptimizerState): void {
    restoreOptimizer(this.#rule, this.groups, this.#slots, saved);
  }
}

/** Counts one step for all slots with a gradient; returns them by their common counter. */
function countStep(slots: readonly Slot[], scalars: readonly string[] = []): Map<Tensor, Slot[]> {
  const isReady = (slot: Slot): boolean => slot.param.grad !== undefined;
  const ready = groupBy(slots.filter(isReady), (slot) => slot.step);
  const waiting = groupBy(
    slots.filter((slot) => !isReady(slot)),
    (slot) => slot.step,
  );
  for (const [step, members] of ready) {
    const left = waiting.get(step);
    if (left !== undefined) {
      const own = separateCounter(step);
      for (const slot of left) slot.step = own;
    }
    assign(step, step.add(1));
    // A module may have changed its dtype since the last step; else this converts nothing.
    for (const { param, state } of members) {
      for (const name in state) {
        if (!scalars.includes(name)) convertStorage(state[name]!, param.dtype);
      }
    }
  }
  return ready;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
