import { assign, type HookHandle, type Stateful } from "@tapegrad/tensor";
import {
  Cell,
  expectNothing,
  expectNoTrace,
  expectValue,
  ranges,
  Replay,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { checkGradients } from "./check-gradients.ts";
import { countStep, groupBy, slotsOf } from "./count-step.ts";
import { evaluateClosure } from "./evaluate-closure.ts";
import { HookList } from "./hook-list.ts";
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
import type { TrainedGroup } from "./trained-group.ts";
import type { GroupRule, LearningRateOption, SettingsOf, Slot, UpdateRule } from "./update-rule.ts";

/** Sees an optimizer before or after something that it does. */
export type StepHook<O = Optimizer> = (optimizer: O) => void;

/** Sees the state of an optimizer; what it returns replaces it. */
export type StateHook<O = Optimizer> = (optimizer: O, state: OptimizerState) => OptimizerState | undefined | void;

/** Its hooks, by when they are called. */
interface Hooks {
  readonly StepPre: StepHook<object>;
  readonly StepPost: StepHook<object>;
  readonly StateDictPre: StepHook<object>;
  readonly StateDictPost: StateHook<object>;
  readonly LoadStateDictPre: StateHook<object>;
  readonly LoadStateDictPost: StepHook<object>;
}

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
  readonly #rule: GroupRule<Options>;
  /** Those of the constructor, which hold for groups that are added too. */
  readonly #options: Options;
  /** One cell for what grows: compiled steps notice a new group. */
  readonly #trained: Cell<Trained<Options>>;
  readonly #hooks = new HookList<Hooks>();
  readonly #replay = new Replay();

  /** @param rule an {@link UpdateRule}, unless the class has an `advance` of its own */
  constructor(rule: GroupRule<Options>, params: ParamsOrGroups<Options>, options: Options) {
    const groups = createGroups(rule, params, options);
    rule.checkGroups?.(rule.name, groups.length);
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

  /** The same, with what saves and loads them. */
  protected get trainedGroups(): readonly TrainedGroup<Options>[] {
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
    for (const hook of this.#hooks.of("StepPre")) hook(this);
    const loss = this.advance(fn, closure);
    for (const hook of this.#hooks.of("StepPost")) hook(this);
    return loss;
  }

  /** What a step does between its hooks. */
  protected advance<T>(fn: string, closure: (() => T) | undefined): T | undefined {
    const loss = closure === undefined ? undefined : evaluateClosure(fn, closure);
    withGradMode(false, () => {
      const rule = this.#rule as UpdateRule<Options>;
      const { groups, slots } = this.#trained.get();
      checkGradients(fn, slots);
      groups.forEach((group, i) => {
        for (const [step, counted] of countStep(slots[i]!, rule.scalars)) {
          for (const [dtype, batch] of groupBy(counted, (slot) => slot.param.dtype)) {
            const update = (): void => rule.update({ slots: batch, step, dtype, group });
            if (rule.replayable === true) this.#replay.run([group, step, dtype, ...batch], update);
            else update();
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
    this.#rule.checkGroups?.(fn, groups.length + 1);
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
    for (const hook of this.#hooks.of("StateDictPre")) hook(this);
    let state = this.save();
    for (const hook of this.#hooks.of("StateDictPost")) state = hook(this, state) ?? state;
    return state;
  }

  /** What {@link stateDict} does between its hooks. */
  protected save(): OptimizerState {
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
    const fn = `${this.#rule.name}.loadStateDict`;
    expectNothing(fn, none);
    let state = saved;
    for (const hook of this.#hooks.of("LoadStateDictPre")) state = hook(this, state) ?? state;
    this.restore(fn, state);
    for (const hook of this.#hooks.of("LoadStateDictPost")) hook(this);
  }

  /** What {@link loadStateDict} does between its hooks. */
  protected restore(fn: string, state: OptimizerState): void {
    const { groups, slots } = this.#trained.get();
    restoreOptimizer(fn, groups, slots, state);
  }

  /**
   * Calls `hook(optimizer)` at the beginning of every later step, before its closure; compiled steps notice it, and run
   * what the hook did with tensors.
   *
   * @throws {ValueError} for a hook that is no function
   * @example
   * const optimizer = new SGD([tensor([1], { requiresGrad: true })]);
   * const steps: number[] = [];
   * const handle = optimizer.registerStepPreHook(({ lr }) => void steps.push(lr));
   * optimizer.step();
   * handle.remove();
   * optimizer.step();
   * steps; // => [0.001]
   */
  registerStepPreHook(hook: StepHook<this>, ...none: []): HookHandle {
    return this.#register("StepPre", hook, none);
  }

  /** Calls `hook(optimizer)` at the end of every later step, when the parameters have moved. */
  registerStepPostHook(hook: StepHook<this>, ...none: []): HookHandle {
    return this.#register("StepPost", hook, none);
  }

  /** Calls `hook(optimizer)` before every later {@link stateDict}. */
  registerStateDictPreHook(hook: StepHook<this>, ...none: []): HookHandle {
    return this.#register("StateDictPre", hook, none);
  }

  /** Calls `hook(optimizer, state)` in every later {@link stateDict}; what it returns replaces the state. */
  registerStateDictPostHook(hook: StateHook<this>, ...none: []): HookHandle {
    return this.#register("StateDictPost", hook, none);
  }

  /**
   * Calls `hook(optimizer, state)` before every later {@link loadStateDict}; what it returns is loaded instead, as that of
   * an older version.
   */
  registerLoadStateDictPreHook(hook: StateHook<this>, ...none: []): HookHandle {
    return this.#register("LoadStateDictPre", hook, none);
  }

  /** Calls `hook(optimizer)` after every later {@link loadStateDict}. */
  registerLoadStateDictPostHook(hook: StepHook<this>, ...none: []): HookHandle {
    return this.#register("LoadStateDictPost", hook, none);
  }

  #register(kind: keyof Hooks, hook: StepHook<this> | StateHook<this>, none: []): HookHandle {
    const fn = `${this.#rule.name}.register${kind}Hook`;
    expectNothing(fn, none);
    return this.#hooks.add(fn, kind, hook);
  }
}
