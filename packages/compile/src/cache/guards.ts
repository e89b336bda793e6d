import type { Tensor } from "@tapegrad/tensor";
import { activeTracer, changeCount, isAt } from "@tapegrad/tensor/internal";
import type { Dependencies } from "../trace/dependencies.ts";
import { isUnchanged } from "../trace/watched-fields.ts";

/** Whether everything that a trace depends on, but its arguments, is as it was then: every call asks. */
export class Guards {
  readonly #then: Dependencies;
  /** How many changes there had been when what counts them was last found as it was. */
  #changes = -1;

  constructor(then: Dependencies) {
    this.#then = then;
  }

  /** For a call with these tensors. */
  hold(tensors: readonly Tensor[]): boolean {
    const { fieldGuards, placeGuards, dataGuards, gradGuards, leaves, changed } = this.#then;
    // A tracer that lets calls run, as that of a checkpoint, is to see what they depend on.
    const isKnown = this.#changes === changeCount() && activeTracer() === undefined;
    if (!isKnown && !this.#counted()) return false;
    for (const guard of fieldGuards) if (!isUnchanged(guard)) return false;
    for (const { place, part } of placeGuards) if (!isAt(place, part)) return false;
    for (const [storage, version] of dataGuards) if (storage.version !== version) return false;
    for (const { leaf, present } of gradGuards) if ((leaf["rawGrad"] !== undefined) !== present) return false;
    for (const tensor of tensors) if (leaves.has(tensor) || changed.has(tensor.storage)) return false;
    return true;
  }

  /** Looks at what counts its changes. */
  #counted(): boolean {
    const { cellGuards, flagGuards, captured } = this.#then;
    for (const [cell, value] of cellGuards) if (!Object.is(cell.get(), value)) return false;
    for (const [tensor, flag] of flagGuards) if (tensor.requiresGrad !== flag) return false;
    for (const { tensor, dtype } of captured) if (tensor.storage.dtype !== dtype) return false;
    this.#changes = changeCount();
    return true;
  }
}
