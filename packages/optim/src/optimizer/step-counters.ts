import { assign, type Tensor } from "@tapegrad/tensor";
import { Cell, withTracer } from "@tapegrad/tensor/internal";
import { scalar } from "./scalar.ts";
import type { Slot, SlotState } from "./update-rule.ts";

/**
 * The numbers of updates in one group. Parameters that always stepped together share a counter, so that what depends on
 * it is computed once for all of them. Who shares with whom is one cell: one thing for a trace to depend on.
 */
export class StepCounters {
  readonly #counters = new Cell<readonly Tensor[]>([]);
  readonly #first = scalar(0);

  /** A parameter with its state and its counter, at first the group's. */
  slot(param: Tensor, state: SlotState): Slot {
    const counters = this.#counters;
    const index = counters.get().length;
    counters.set([...counters.get(), this.#first]);
    return {
      param,
      state,
      get step() {
        return counters.get()[index]!;
      },
      set step(counter) {
        if (counters.get()[index] !== counter) counters.set(counters.get().with(index, counter));
      },
    };
  }
}

/** A counter that goes on from where `step` stands. */
export function separateCounter(step: Tensor): Tensor {
  // Not made by the function that is traced, if one is: the optimizer keeps it.
  const counter = withTracer(undefined, () => scalar(0));
  assign(counter, step);
  return counter;
}
