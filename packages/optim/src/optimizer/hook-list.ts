import { Cell, expectValue, type HookHandle, ranges } from "@tapegrad/tensor/internal";

/** Functions that are called at one moment, in the order in which they were registered. Compiled functions notice others. */
export class HookList<H extends (...args: never) => unknown> {
  readonly #entries = new Cell<readonly { readonly run: H }[]>([], "the hooks of an optimizer");

  /**
   * Registers one more.
   *
   * @throws {ValueError} `SGD.registerStepPreHook: expected hook to be a function, got 3.`
   */
  add(fn: string, hook: H): HookHandle {
    expectValue(fn, "hook", hook, ranges.callable());
    const entry = { run: hook };
    this.#entries.set([...this.#entries.get(), entry]);
    return {
      remove: () => {
        const left = this.#entries.get().filter((each) => each !== entry);
        if (left.length < this.#entries.get().length) this.#entries.set(left);
      },
    };
  }

  /** Those that there are now. */
  [Symbol.iterator](): Iterator<H> {
    return this.#entries
      .get()
      .map(({ run }) => run)
      .values();
  }
}
