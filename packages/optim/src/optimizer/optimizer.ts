import { assign, type Stateful, type Tensor } from "@tapegrad/tensor";
import {
  Cell,
  convertStorage,
  expectNothing,
  expectNoTrace,
  expectValue,
  ranges,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { checkGradients } from "./check-gradients.ts";
import { evaluateClosure } from "./evaluate-closure.ts";
import { type OptimizerState, restoreOptimizer, saveOptimizer } from "./optimizer-state.ts";
import {
  createGroups,
  type GroupOptions,
  groupOf,
  groupRange,
  type ParamGroup,
  type ParamsOrGroups,
} from "./param-group.ts";
import { copySettings } from "./resolve-options.ts";
import { scalar } from "./scalar.ts";
import { separateCounter, StepCounters } from "./step-counters.ts";
import type { TrainedGroup } from "./trained-group.ts";
import type { LearningRateOption, SettingsOf, Slot, UpdateRule } from "./update-rule.ts";

/** What an optimizer trains: groups, and for each the slots of its parameters. */
interface Trained<Options extends LearningRateOption> {
  readonly groups: readonly TrainedGroup<Options>[];
  readonly slots: readonly (readonly Slot[])[];
}

/**
 * Base of all optimizers: parameter groups, the step, and state that can be saved.
 *
 * Learning rate, step count and moments are tensors changed by `assign`, so a compiled training step
 * contains the update. A parameter without a gradient is skipped, and its step is not counted.
 */
export abstract class Optimizer<
  Options extends LearningRateOption = LearningRateOption,
> implements Stateful<OptimizerState> {
  static readonly name: string = "Optimizer";
  readonly #rule: UpdateRule<Options>;
  /** Those of the constructor, which hold for groups that are added too. */
  readonly #options: Options;
  /** One cell for what grows: compiled steps notice a new group. */
  readonly #trained: Cell<Trained<Options>>;

  constructor(rule: UpdateRule<Options>, params: ParamsOrGroups<Options>, options: Options) {
    const groups = createGroups(rule, params, options);
    this.#rule = rule;
    this.#options = copySettings(options);
    this.#trained = new Cell(
      { groups: Object.freeze(groups), slots: groups.map((group) => slotsOf(group)) },
      "an optimizer",
    );
  }

  /** Parameter groups in the order given; {@link addParamGroup} adds one. */
  get groups(): readonly ParamGroup<SettingsOf<Options>>[] {
    return this.#trained.get().groups;
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
  step(): void;
  /**
   * Calls `closure`, which computes the loss and its gradients, with recording switched on; then updates every parameter
   * that has a gradient.
   *
   * @returns what `closure` returned
   * @throws {ValueError} for a closure that is no function or returns a promise
   * @throws {ShapeError} for a gradient of another shape than its parameter; nothing has changed then
   * @throws {DTypeError} for a gradient of another dtype than its parameter; nothing has changed then
   * @example
   * const w = tensor([3], { requiresGrad: true });
   * const optimizer = new SGD([w], { lr: 0.5 });
   * const loss = optimizer.step(() => {
   *   optimizer.zeroGrad();
   *   const loss = w.square().sum();
   *   loss.backward();
   *   return loss;
   * });
   * [loss.item(), w.item()]; // => [9, 0]
   */
  step<T>(closure: () => T): T;
  step<T>(closure?: () => T, ...none: []): T | undefined {
    const fn = `${this.#rule.name}.step`;
    expectNothing(fn, none);
    const loss = closure === undefined ? undefined : evaluateClosure(fn, closure);
    withGradMode(false, () => {
      const { groups, slots } = this.#trained.get();
      checkGradients(fn, slots);
      groups.forEach((group, i) => {
        for (const [step, counted] of countStep(slots[i]!, this.#rule.scalars)) {
          for (const [dtype, batch] of groupBy(counted, (slot) => slot.param.dtype)) {
            this.#rule.update({ slots: batch, step, dtype, group });
          }
        }
      });
    });
    return loss;
  }

  /**
   * Trains further parameters, with options of their own where they differ from the optimizer's.
   *
   * Compiled steps notice it. A schedule made before takes the new rate as base rate from its next step on.
   *
   * @throws {ValueError} for an option outside its range, a parameter that this optimizer has, or one that is no leaf;
   *   nothing has changed then
   * @throws {DTypeError} for parameters that are not float32 or float64
   * @throws {CompileError} inside a compiled function
   * @example
   * const optimizer = new SGD([zeros([2])], { lr: 0.1, momentum: 0.9 });
   * optimizer.addParamGroup({ params: [zeros([3])], lr: 0.01 });
   * optimizer.stateDict().param_groups.map(({ lr, params }) => [lr, params]); // => [[0.1, [0]], [0.01, [1]]]
   */
  addParamGroup(group: GroupOptions<Options>, ...none: []): void {
    const fn = `${this.#rule.name}.addParamGroup`;
    expectNothing(fn, none);
    expectNoTrace(fn, "Add groups between the calls.");
    expectValue(fn, "group", group, groupRange);
    const { groups, slots } = this.#trained.get();
    const seen = new Set(groups.flatMap(({ params }) => params));
    const added = groupOf(fn, this.#rule, group, this.#options, seen);
    this.#trained.set({ groups: Object.freeze([...groups, added]), slots: [...slots, slotsOf(added)] });
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(...none: []): void {
    expectNothing(`${this.#rule.name}.zeroGrad`, none);
    for (const group of this.groups) for (const param of group.params) param.grad = undefined;
  }

  /** A copy of settings, step counts and running tensors, indexed by the position of each parameter. */
  stateDict(): OptimizerState {
    const { groups, slots } = this.#trained.get();
    return saveOptimizer(groups, slots);
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): OptimizerState {
    return this.stateDict();
  }

  /**
   * Takes over what {@link stateDict} returned.
   *
   * @throws {ValueError} if groups, parameters or state names differ; nothing has changed then
   * @throws {ShapeError} if a running tensor has another shape
   */
  loadStateDict(saved: OptimizerState, ...none: []): void {
    expectNothing(`${this.#rule.name}.loadStateDict`, none);
    const { groups, slots } = this.#trained.get();
    restoreOptimizer(this.#rule, groups, slots, saved);
  }
}

/** The slots of a group's parameters, which have not been updated yet. */
function slotsOf<Options extends LearningRateOption>(group: TrainedGroup<Options>): Slot[] {
  const counters = new StepCounters();
  return group.params.map((param) => counters.slot(param, group.initialState(param)));
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
