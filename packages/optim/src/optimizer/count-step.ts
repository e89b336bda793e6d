import { assign, type Tensor } from "@tapegrad/tensor";
import { convertStorage } from "@tapegrad/tensor/internal";
import { separateCounter, StepCounters } from "./step-counters.ts";
import type { TrainedGroup } from "./trained-group.ts";
import type { LearningRateOption, Slot } from "./update-rule.ts";

/** The slots of a group's parameters, which have not been updated yet. */
export function slotsOf<Options extends LearningRateOption>(group: TrainedGroup<Options>): Slot[] {
  const counters = new StepCounters();
  return group.params.map((param) => counters.slot(param, group.initialState(param)));
}

/** Counts one step for all slots with a gradient; returns them by their common counter. */
export function countStep(slots: readonly Slot[], scalars: readonly string[] = []): Map<Tensor, Slot[]> {
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

/** Items by a key, in their order. */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
