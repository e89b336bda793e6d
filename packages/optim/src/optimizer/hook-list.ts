import type { HookHandle } from "@tapegrad/tensor";
import { Cell, expectValue, ranges } from "@tapegrad/tensor/internal";

interface Entry {
  readonly kind: PropertyKey;
  readonly run: unknown;
}

/**
 * Functions that are called at certain moments, in the order in which they were registered; `Kinds` says what they are
 * at each. Compiled functions notice others.
 */
export class HookList<Kinds extends object> {
  readonly #entries = new Cell<readonly Entry[]>([], "the hooks of an optimizer");

  /**
   * Registers one more.
   *
   * @throws {ValueError} `SGD.registerStepPreHook: expected hook to be a function, got 3.`
   */
  add(fn: string, kind: keyof Kinds, run: unknown): HookHandle {
    expectValue(fn, "hook", run, ranges.callable());
    const entry: Entry = { kind, run };
    this.#entries.set([...this.#entries.get(), entry]);
    return {
      remove: () => {
        const left = this.#entries.get().filter((each) => each !== entry);
        if (left.length < this.#entries.get().length) this.#entries.set(left);
      },
    };
  }

  /** Those of a moment that there are now. */
  of<K extends keyof Kinds>(kind: K): readonly Kinds[K][] {
    return this.#entries.get().flatMap((entry) => (entry.kind === kind ? [entry.run as Kinds[K]] : []));
  }
}
