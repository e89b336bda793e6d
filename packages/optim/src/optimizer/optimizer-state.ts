import { assign, ShapeError, Tensor, ValueError } from "@tapegrad/tensor";
import { expectValue, formatShape, ranges, sameShape, settleState } from "@tapegrad/tensor/internal";
import { copySettings } from "./resolve-options.ts";
import { scalar } from "./scalar.ts";
import type { TrainedGroup } from "./trained-group.ts";
import type { LearningRateOption, Slot } from "./update-rule.ts";

/** Saved settings of one group: all options, the current `lr`, and the positions of its parameters. */
export interface SavedGroup {
  /** Which parameters they are, counted through all groups. */
  readonly params: readonly number[];
  /** The present learning rate. */
  readonly lr: number;
  /** The rate that schedules start from. */
  readonly initialLr?: number;
  readonly [option: string]: unknown;
}

/** What `stateDict` returns: PyTorch's layout, with tensors where PyTorch has tensors. */
export interface OptimizerState {
  /** Moments and the like by the number of their parameter. */
  readonly state: Readonly<Record<number, Readonly<Record<string, Tensor>>>>;
  /** The groups with their settings. */
  readonly param_groups: readonly SavedGroup[];
}

/** Copies settings and state of an optimizer. */
export function saveOptimizer<Options extends LearningRateOption>(
  groups: readonly TrainedGroup<Options>[],
  slots: readonly (readonly Slot[])[],
): OptimizerState {
  const states = slots.flat().map((slot) => {
    const copies: Record<string, Tensor> = { step: scalar(slot.step.item()) };
    for (const [name, tensor] of Object.entries(slot.state)) copies[name] = tensor.detach().clone();
    return copies;
  });
  return { state: { ...states }, param_groups: saveGroups(groups) };
}

/** Settings of groups, and numbers for their parameters. */
export function saveGroups<Options extends LearningRateOption>(groups: readonly TrainedGroup<Options>[]): SavedGroup[] {
  let next = 0;
  return groups.map((group) => {
    const initial = group.initialLr === undefined ? {} : { initialLr: group.initialLr };
    // What has no value is left out: JSON has no word for it.
    const settings = Object.entries(copySettings(group.settings)).filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(settings), lr: group.lr.item(), ...initial, params: group.params.map(() => next++) };
  });
}

/** Checks all of a saved state, then takes it over. */
export function restoreOptimizer<Options extends LearningRateOption>(
  fn: string,
  groups: readonly TrainedGroup<Options>[],
  slots: readonly (readonly Slot[])[],
  given: OptimizerState,
): void {
  const saved = settleState(fn, given);
  const restored = groupChanges(fn, groups, saved);
  const seen = new Set<number>();
  const changes = restored.flatMap(({ params, change }, g) => {
    const counters = new Map<number, Tensor>();
    const ofSlots = slots[g]!.map((slot, i) => {
      const index = params[i]!;
      if (seen.has(index)) throw new ValueError(`${fn}: expected every parameter once, got ${index} twice.`);
      seen.add(index);
      return slotChange(fn, slot, saved.state[index], counters);
    });
    return [change, ...ofSlots];
  });
  for (const change of changes) change();
}

/** What a saved state says of one group. */
export interface GroupChange {
  /** Under which numbers the state has its parameters. */
  readonly params: readonly number[];
  /** Takes over its settings. */
  readonly change: () => void;
}

/** Checks all but the state of the parameters. */
export function groupChanges<Options extends LearningRateOption>(
  fn: string,
  groups: readonly TrainedGroup<Options>[],
  saved: OptimizerState,
): GroupChange[] {
  expectValue(fn, "state", saved.state, ranges.record);
  const savedGroups = saved.param_groups;
  if (!Array.isArray(savedGroups) || savedGroups.length !== groups.length) {
    throw new ValueError(`${fn}: expected ${groups.length} parameter groups, got ${savedGroups?.length}.`);
  }
  return groups.map((group, g) => {
    const savedGroup: unknown = savedGroups[g];
    expectValue(fn, `param_groups[${g}]`, savedGroup, ranges.record);
    const { params, initialLr, ...options } = savedGroup as SavedGroup;
    expectValue(fn, "params", params, ranges.listOf(ranges.whole(0)));
    const { length } = group.params;
    if (params.length !== length) {
      throw new ValueError(`${fn}: expected ${length} parameters in group ${g}, got ${params.length}.`);
    }
    if (initialLr !== undefined) expectValue(fn, "initialLr", initialLr, ranges.nonNegative);
    expectValue(fn, "lr", options.lr, ranges.nonNegative);
    const change = group.settingsChange(fn, { ...group.settings, ...options });
    return {
      params,
      change: () => {
        change();
        group.initialLr = initialLr;
      },
    };
  });
}

/** Checks the saved state of one parameter; the returned function takes it over. */
function slotChange(
  fn: string,
  slot: Slot,
  entry: Readonly<Record<string, Tensor>> | undefined,
  counters: Map<number, Tensor>,
): () => void {
  const names = ["step", ...Object.keys(slot.state)];
  const given = ranges.record.has(entry) ? Object.keys(entry) : [];
  if (entry === undefined || given.length !== names.length || !names.every((name) => given.includes(name))) {
    throw new ValueError(
      `${fn}: expected state ${names.join(", ")} for every parameter, got ${given.join(", ") || "none"}.`,
    );
  }
  for (const name of names) expectValue(fn, name, entry[name], ranges.instanceOf(Tensor));
  const counted = entry["step"]!;
  if (counted.size !== 1) {
    throw new ShapeError(`${fn}: expected step of one element, got shape ${formatShape(counted.shape)}.`);
  }
  const step = counted.item();
  expectValue(fn, "step", step, ranges.whole(0));
  for (const [name, { shape }] of Object.entries(slot.state)) {
    const got = entry[name]!.shape;
    if (!sameShape(shape, got)) {
      throw new ShapeError(`${fn}: expected ${name} of shape ${formatShape(shape)}, got ${formatShape(got)}.`);
    }
  }
  return () => {
    // Parameters with one count share one counter again; the old one keeps its identity where it fits.
    let counter = counters.get(step);
    if (counter === undefined) {
      counter = [...counters.values()].includes(slot.step) ? scalar(step) : slot.step;
      assign(counter, scalar(step));
      counters.set(step, counter);
    }
    slot.step = counter;
    for (const [name, tensor] of Object.entries(slot.state)) {
      assign(tensor, entry[name]!.detach().to(tensor.dtype));
    }
  };
}
