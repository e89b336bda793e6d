import { hasKernels } from "../kernels/kernels.ts";
import type { Cell } from "../tensor/cell.ts";
import { activeTracer, withTracer } from "../tensor/tracer.ts";
import { planOf, type Step } from "./plan.ts";
import type { Recording } from "./recording.ts";
import { runSteps } from "./run-steps.ts";
import type { ProgramCache } from "./segment.ts";
import { Recorder } from "./recorder.ts";

/** An update as it was recorded; without a plan it did what cannot be done again. */
interface Known {
  readonly key: readonly unknown[];
  readonly plan: { readonly recording: Recording; readonly steps: readonly Step[] } | undefined;
}

/** So many recordings are kept: of as many groups, or of sets of parameters that take turns in having gradients. */
const kept = 16;

/**
 * Runs updates of tensors in few passes over their elements. An update is a function that computes with tensors and assigns
 * to them, and depends on nothing else but cells: it is run once to record what it does, and then done again from the
 * recording, which joins what is elementwise into programs that run over one chunk of elements after another. What it
 * computes is the same.
 */
export class Replay {
  readonly #known: Known[] = [];
  readonly #programs: ProgramCache = new Map();

  /**
   * Does what `update` does.
   *
   * @param key all that `update` depends on besides cells and what tensors hold, compared one by one
   */
  run(key: readonly unknown[], update: () => void): void {
    // A tracer is to see every operation.
    if (activeTracer() !== undefined || !hasKernels()) return update();
    const { plan } = this.#find(key) ?? this.#record(key, update);
    if (plan === undefined || isOverlaid(plan)) update();
    else runSteps(plan.recording, plan.steps);
  }

  #find(key: readonly unknown[]): Known | undefined {
    return this.#known.find(
      (known) =>
        known.key.length === key.length &&
        key.every((part, i) => part === known.key[i]) &&
        (known.plan === undefined || isCurrent(known.plan.recording.cells)),
    );
  }

  #record(key: readonly unknown[], update: () => void): Known {
    const recorder = new Recorder();
    withTracer(recorder, update);
    const { recording } = recorder;
    const plan = recording && { recording, steps: planOf(recording, this.#programs) };
    const known = { key: [...key], plan };
    if (this.#known.unshift(known) > kept) this.#known.pop();
    return known;
  }
}

function isCurrent(cells: ReadonlyMap<Cell<unknown>, unknown>): boolean {
  for (const [cell, value] of cells) if (!Object.is(cell.get(), value)) return false;
  return true;
}

/** Whether a gradient lies where something is assigned to, as `p.grad = p.detach()` does: then the order of steps counts. */
function isOverlaid({ recording: { values, instructions } }: NonNullable<Known["plan"]>): boolean {
  const written = new Set<unknown>();
  for (const each of instructions) if (each.kind === "assignment") written.add(each.target.storage.data);
  return values.some(({ source }) => {
    return source?.kind === "gradient" && written.has(source.leaf.grad!.storage.data);
  });
}
