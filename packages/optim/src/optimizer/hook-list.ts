import type { HookHandle } from "@tapegrad/tensor";
import { addHookTo, Cell, expectValue, noHooks, ranges } from "@tapegrad/tensor/internal";

interface Entry {
  readonly kind: PropertyKey;
  readonly run: unknown;
}

/**
 * Functions that are called at certain moments, in the order in which they were registered; `Kinds` says what they are
 * at each. Compiled functions notice others.
 */
export class HookList<Kinds extends object> {
  readonly #entries = new Cell<readonly Entry[]>(noHooks, "the hooks of an optimizer");

  /**
   * Registers one more.
   *
   * @throws {ValueError} `SGD.registerStepPreHook: expected hook to be a function, got 3.`
   */
  add(fn: string, kind: keyof Kinds, run: unknown): HookHandle {
    expectValue(fn, "hook", run, ranges.callable());
    return addHookTo(this.#entries, { kind, run });
  }

  /** Those of a moment that there are now. */
  of<K extends keyof Kinds>(kind: K): readonly Kinds[K][] {
    return this.#entries.get().flatMap((entry) => (entry.kind === kind ? [entry.run as Kinds[K]] : []));
  }
}
